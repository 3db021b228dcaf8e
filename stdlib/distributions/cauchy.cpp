#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"

namespace vippl::stdlib::distributions {

namespace {

struct Cauchy {
  static constexpr std::size_t parameter_count = 2;
  static constexpr runtime::DensityForm form = runtime::DensityForm::cauchy;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T z = (y - location) / scale;
    return -std::log(std::numbers::pi) - log(scale) - log1p(z * z);
  }
  /// log P(Y <= z) with location 0 and scale 1, from angles that have the digits.
  template <class T>
  static T log_standard_cdf(const T& z) {
    if (value_of(z) < -1) return log(atan(-1.0 / z) / std::numbers::pi);
    if (value_of(z) > 1) return log1p(-atan(1.0 / z) / std::numbers::pi);
    return log(0.5 + atan(z) / std::numbers::pi);
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_density<3>(runtime::simd::engine().cauchy, count, arguments, values, partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_standard_cdf((y - parameters[0]) / parameters[1]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_standard_cdf((parameters[0] - y) / parameters[1]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    if (p == 0 || p == 1)
      return p == 0 ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
    // The cotangent, in whichever tail has the digits.
    const double size = 1 / std::tan(std::numbers::pi * std::min(p, 1 - p));
    return parameters[0] + parameters[1] * (p < 0.5 ? -size : size);
  }
  static double mean(std::span<const double> /*parameters*/) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  static double variance(std::span<const double> /*parameters*/) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] + parameters[1] * rng.cauchy();
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution cauchy =
    describe<Cauchy, cauchy>({.name = "cauchy",
                              .parameters = parameters,
                              .summary = "Cauchy: Student's t with one degree of freedom, no mean",
                              .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 16",
                              .support = Support::real});

}  // namespace vippl::stdlib::distributions
