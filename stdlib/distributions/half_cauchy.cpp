#include <numbers>

#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct HalfCauchy {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T scale = parameters[0];
    const T z = y / scale;
    return std::log(2 / std::numbers::pi) - log(scale) - log1p(z * z);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return abs(parameters[0] * rng.cauchy());
  }
};

constexpr Parameter parameters[] = {{"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution half_cauchy =
    describe<HalfCauchy, half_cauchy>({.name = "half_cauchy",
                                       .parameters = parameters,
                                       .summary = "Cauchy with location 0, folded at 0",
                                       .source = "Gelman (2006), Bayesian Analysis 1(3)",
                                       .support = Support::nonnegative});

}  // namespace vippl::stdlib::distributions
