#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"

namespace vippl::stdlib::distributions {

namespace {

struct Normal {
  static constexpr std::size_t parameter_count = 2;
  static constexpr runtime::DensityForm form = runtime::DensityForm::normal;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T z = (y - location) / scale;
    return -0.5 * std::log(2 * std::numbers::pi) - log(scale) - 0.5 * z * z;
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_density<3>(runtime::simd::engine().normal, count, arguments, values, partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_normal_cdf((y - parameters[0]) / parameters[1]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_normal_cdf((parameters[0] - y) / parameters[1]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[0] + parameters[1] * runtime::normal_quantile(p);
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) {
    return parameters[1] * parameters[1];
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] + parameters[1] * rng.normal();
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution normal =
    describe<Normal, normal>({.name = "normal",
                              .parameters = parameters,
                              .summary = "Gaussian; scale is the standard deviation",
                              .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 13",
                              .support = Support::real});

}  // namespace vippl::stdlib::distributions
