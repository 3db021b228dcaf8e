#pragma once
#include <optional>
#include <span>
#include <string>

#include "runtime/transform.h"

// Whether fixed values lie in a support of vectors or matrices.

namespace vippl::runtime {

/// What is wrong with one of several events, such as "the sum is 1.5, not 1".
struct EventProblem {
  Index event = 0;
  std::string problem;
};

/// Entries of one event: k, or k x k of a matrix.
Index event_entries(lang::Support::Kind kind, Index k);

/// The first of the events in `x` that lies off its support, a kind other than numbers. Unlike
/// unconstrain, which needs the inside, this takes a simplex with entries 0.
std::optional<EventProblem> first_outside(lang::Support::Kind kind, Index k,
                                          std::span<const double> x);

}  // namespace vippl::runtime
