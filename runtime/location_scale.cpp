#include "runtime/location_scale.h"

#include <cmath>
#include <vector>

namespace vippl::runtime {

namespace {

using lang::Bound;
using lang::Support;

bool is_none(const Bound& bound) { return bound.kind == Bound::Kind::none; }
bool is_zero(const Bound& bound) { return bound.kind == Bound::Kind::constant && bound.value == 0; }

/// A distribution of numbers with `location`, any number, and `scale`, a positive one.
std::optional<LocationScale> named_parameters(const Distribution& distribution) {
  if (distribution.kernel == nullptr || distribution.facts.support.kind != Support::Kind::number)
    return std::nullopt;
  std::optional<std::size_t> location, scale;
  for (std::size_t k = 0; k < distribution.facts.parameters.size(); ++k) {
    const lang::Parameter& parameter = distribution.facts.parameters[k];
    const Support& support = parameter.support;
    if (!is_none(support.upper)) continue;
    if (parameter.name == "location" && is_none(support.lower)) location = k;
    if (parameter.name == "scale" && is_zero(support.lower)) scale = k;
  }
  if (!location || !scale) return std::nullopt;
  return LocationScale{*location, *scale};
}

/// A legal value of a parameter, well inside its support.
double value_inside(const Support& support) {
  if (is_none(support.lower) && is_none(support.upper)) return 0.75;
  if (is_none(support.upper)) return support.lower.value + 2.5;
  if (is_none(support.lower)) return support.upper.value - 2.5;
  return (support.lower.value + support.upper.value) / 2;
}

/// Whether the density of z is the same for two locations and scales, at several z. The names alone
/// do not say it: the scale of a sum of a normal and an exponential is that of the normal.
bool standardises(const Distribution& distribution, const LocationScale& places) {
  constexpr double locations[] = {0, 1.5}, scales[] = {1, 0.5};
  constexpr double points[] = {-1.75, -0.5, 0.25, 2};
  constexpr double tolerance = 1e-9;
  const bool is_positive = !is_none(distribution.facts.support.lower);
  double value = 0;
  std::vector<double> parameters;
  std::vector<KernelArgument> arguments = {{&value, 0}};
  for (const lang::Parameter& parameter : distribution.facts.parameters)
    parameters.push_back(value_inside(parameter.support));
  for (const double& parameter : parameters) arguments.push_back({&parameter, 0});
  for (const double z : points) {
    double of_z[2];
    for (std::size_t i = 0; i < 2; ++i) {
      parameters[places.location] = locations[i];
      parameters[places.scale] = scales[i];
      const double moved = locations[i] + scales[i] * z;
      value = is_positive ? std::exp(moved) : moved;
      distribution.kernel(1, arguments.data(), &of_z[i], nullptr);
      of_z[i] += std::log(scales[i]) + (is_positive ? moved : 0);
    }
    if (!(std::abs(of_z[0] - of_z[1]) < tolerance)) return false;
  }
  return true;
}

/// As the registry says, where all events have one location and one scale.
std::optional<LocationScale> units_of_events(const Application& application) {
  const std::optional<LocationScale>& units = application.distribution->event_units;
  if (!units) return std::nullopt;
  for (const std::size_t k : {units->location, units->scale}) {
    const bool is_number = application.distribution->facts.parameters[k].shape.empty();
    const std::size_t own_rank = is_number ? 0 : 1;
    if (application.parameters[k].shape.size() > own_rank) return std::nullopt;
  }
  return units;
}

}  // namespace

std::optional<LocationScale> location_scale(const Application& application,
                                            const std::optional<Value>& lower,
                                            const std::optional<Value>& upper) {
  const Support& support = application.distribution->facts.support;
  if (upper || !is_none(support.upper)) return std::nullopt;
  if (is_none(support.lower) && lower) return std::nullopt;
  if (!is_none(support.lower)) {
    const bool positive =
        is_zero(support.lower) && lower && !lower->is_latent() && lower->is_scalar();
    if (!positive || lower->scalar != 0) return std::nullopt;
  }
  const bool draws_vectors = application.distribution->event_units.has_value();
  const std::optional<LocationScale> places =
      draws_vectors ? units_of_events(application) : named_parameters(*application.distribution);
  if (!places || !application.parameters[places->scale].is_latent()) return std::nullopt;
  if (draws_vectors || standardises(*application.distribution, *places)) return places;
  return std::nullopt;
}

void log_scale_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                      double* const* partials) {
  for (std::size_t i = 0; i < count; ++i) {
    const double scale = arguments[0][i];
    values[i] = std::log(scale);
    if (partials != nullptr && partials[0] != nullptr) partials[0][i] = 1 / scale;
  }
}

}  // namespace vippl::runtime
