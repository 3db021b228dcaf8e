#include <numbers>

#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct HalfNormal {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T scale = parameters[0];
    const T z = y / scale;
    return 0.5 * std::log(2 / std::numbers::pi) - log(scale) - 0.5 * z * z;
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return abs(parameters[0] * rng.normal());
  }
};

constexpr Parameter parameters[] = {{"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution half_normal = describe<HalfNormal, half_normal>(
    {.name = "half_normal",
     .parameters = parameters,
     .summary = "normal with location 0, folded at 0",
     .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 13",
     .support = Support::nonnegative});

}  // namespace vippl::stdlib::distributions
