#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"

namespace vippl::stdlib::distributions {

namespace {

struct Lognormal {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T log_y = log(y);
    const T z = (log_y - location) / scale;
    return -0.5 * std::log(2 * std::numbers::pi) - log(scale) - log_y - 0.5 * z * z;
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_density<3>(runtime::simd::engine().lognormal, count, arguments, values, partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_normal_cdf((log(y) - parameters[0]) / parameters[1]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_normal_cdf((parameters[0] - log(y)) / parameters[1]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return exp(parameters[0] + parameters[1] * runtime::normal_quantile(p));
  }
  static double mean(std::span<const double> parameters) {
    return exp(parameters[0] + 0.5 * parameters[1] * parameters[1]);
  }
  static double variance(std::span<const double> parameters) {
    const double square = parameters[1] * parameters[1];
    return expm1(square) * exp(2 * parameters[0] + square);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return exp(parameters[0] + parameters[1] * rng.normal());
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution lognormal =
    describe<Lognormal, lognormal>({.name = "lognormal",
                                    .parameters = parameters,
                                    .summary = "log y is normal with this location and scale",
                                    .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 14",
                                    .support = Support::positive});

}  // namespace vippl::stdlib::distributions
