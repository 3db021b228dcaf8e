#include <algorithm>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct GeneralizedNormal {
  static constexpr std::size_t parameter_count = 3;
  /// abs(u)^shape; at 0, where the log has no derivative, a plain 0.
  template <class T>
  static T power(const T& u, const T& shape) {
    if (value_of(u) == 0) return 0.0;
    return exp(shape * log(abs(u)));
  }
  /// log P(Y <= u) with location 0 and scale 1.
  template <class T>
  static T log_standard_cdf(const T& u, const T& shape) {
    if (value_of(u) > 0) return log1m_exp(log_standard_cdf(-u, shape));
    const T tail = log_gamma_q(1.0 / shape, power(T(value_of(u)), shape)) - std::numbers::ln2;
    const double unit[] = {0, 1, value_of(shape)};
    return with_slope(tail, u, exp(log_density<double>(value_of(u), unit) - value_of(tail)));
  }
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1], shape = parameters[2];
    return log(shape) - std::numbers::ln2 - log(scale) - log_gamma(1.0 / shape) -
           power((y - location) / scale, shape);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_standard_cdf((y - parameters[0]) / parameters[1], parameters[2]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_standard_cdf((parameters[0] - y) / parameters[1], parameters[2]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    const double shape = parameters[2];
    const double size =
        pow(runtime::gamma_upper_quantile(1 / shape, 2 * std::min(p, 1 - p)), 1 / shape);
    return parameters[0] + parameters[1] * (p < 0.5 ? -size : size);
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) {
    const double scale = parameters[1], shape = parameters[2];
    return scale * scale * exp(log_gamma(3 / shape) - log_gamma(1 / shape));
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double size = pow(rng.gamma(1 / parameters[2]), 1 / parameters[2]);
    return parameters[0] + parameters[1] * (rng.uniform() < 0.5 ? -size : size);
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""},
                                    {"shape", Support::positive, ""}};

}  // namespace

constinit const Distribution generalized_normal = describe<GeneralizedNormal, generalized_normal>(
    {.name = "generalized_normal",
     .parameters = parameters,
     .summary = "tails exp(-abs(u)^shape): shape 1 is laplace, 2 normal with variance scale^2 / 2",
     .source = "Nadarajah (2005), J. Applied Statistics 32(7)",
     .support = Support::real});

}  // namespace vippl::stdlib::distributions
