#include "runtime/location_scale.h"

#include <cmath>

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
  return named_parameters(*application.distribution);
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
