#pragma once
#include <span>
#include <vector>

#include "runtime/registry.h"

// Points for the walks over the registry: legal arguments of any distribution, made from its facts
// alone.

namespace vippl::tests {

/// Whether an argument of this distribution may have a derivative.
bool is_continuous(const runtime::Distribution& distribution, std::size_t argument);

/// The support of argument k: 0 is the value.
const lang::Support& support_of(const runtime::Distribution& distribution, std::size_t argument);

/// A distribution of a number at one point: the value, then the parameters.
using ScalarPoint = std::vector<double>;

/// Points well inside all domains. The value is any legal one, not a draw.
std::vector<ScalarPoint> interior_points(const runtime::Distribution& distribution,
                                         std::size_t count);

/// The ends of the value's support at these parameters; infinite where it has none.
struct Ends {
  double lower;
  double upper;
};
Ends ends(const runtime::Distribution& distribution, const ScalarPoint& point);

/// Through the kernel, one element.
double log_density(const runtime::Distribution& distribution, const ScalarPoint& point);
std::vector<double> gradient(const runtime::Distribution& distribution, const ScalarPoint& point);

std::vector<const runtime::Distribution*> distributions_with_tails();

/// A log_cdf or log_ccdf at one point, without partials.
double log_tail(runtime::ScalarKernel kernel, const ScalarPoint& point);

/// One event: the elements of the value and of each parameter, with their extents.
struct EventPoint {
  std::vector<std::vector<double>> arguments;
  std::vector<std::vector<runtime::Index>> extents;
};

/// Points of a distribution with vectors or matrices in it, of size k.
std::vector<EventPoint> event_points(const runtime::Distribution& distribution, runtime::Index k,
                                     std::size_t count);

double event_log_density(const runtime::Distribution& distribution, const EventPoint& point);
/// One vector per argument.
std::vector<std::vector<double>> event_gradient(const runtime::Distribution& distribution,
                                                const EventPoint& point);

/// Moves an argument of an event by `step` in a random direction of `seed`, along its support.
std::vector<double> moved(const lang::Support& support, const std::vector<double>& values,
                          double step, std::uint32_t seed);

}  // namespace vippl::tests
