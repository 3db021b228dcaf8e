#include <numbers>

#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Normal {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T z = (y - location) / scale;
    return -0.5 * std::log(2 * std::numbers::pi) - log(scale) - 0.5 * z * z;
  }
  /// The likelihood of a regression: one scale for all, no derivative by it or by the value.
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    if (arguments[0].step != 1 || arguments[1].step != 1 || arguments[2].step != 0) return false;
    if (partials[0] != nullptr || partials[1] == nullptr || partials[2] != nullptr) return false;
    const double scale = arguments[2].data[0];
    const double per_scale = 1 / scale;
    const double constant = -0.5 * std::log(2 * std::numbers::pi) - std::log(scale);
    const double* __restrict y = arguments[0].data;
    const double* __restrict location = arguments[1].data;
    double* __restrict value = values;
    double* __restrict slope = partials[1];
    for (std::size_t i = 0; i < count; ++i) {
      const double z = (y[i] - location[i]) * per_scale;
      slope[i] = z * per_scale;
      value[i] = constant - 0.5 * z * z;
    }
    return true;
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
