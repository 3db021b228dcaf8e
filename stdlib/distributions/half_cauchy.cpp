#include <cmath>
#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"

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
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_density<2>(runtime::simd::engine().half_cauchy, count, arguments, values, partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return std::log(2 / std::numbers::pi) + log(atan(y / parameters[0]));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T z = y / parameters[0];
    if (value_of(z) < 1) return log1p(-2 / std::numbers::pi * atan(z));
    return std::log(2 / std::numbers::pi) + log(atan(1.0 / z));
  }
  static double quantile(double p, std::span<const double> parameters) {
    if (p == 1) return std::numeric_limits<double>::infinity();
    return parameters[0] * std::tan(0.5 * std::numbers::pi * p);
  }
  static double mean(std::span<const double> /*parameters*/) {
    return std::numeric_limits<double>::infinity();
  }
  static double variance(std::span<const double> /*parameters*/) {
    return std::numeric_limits<double>::infinity();
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
