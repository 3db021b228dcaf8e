#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

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
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    // The central part itself: 1 less a tail has no digits near 0.
    const T z = y / parameters[0];
    return log_gamma_p(T(0.5), 0.5 * z * z);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return std::numbers::ln2 + log_normal_cdf(-y / parameters[0]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    // Where the square of p leaves the range of doubles, and the density is flat.
    constexpr double tiny = 1e-9;
    if (p < tiny) return parameters[0] * p * sqrt(0.5 * std::numbers::pi);
    if (p < 0.5) return parameters[0] * sqrt(2 * runtime::gamma_quantile(0.5, p));
    return -parameters[0] * runtime::normal_quantile(0.5 * (1 - p));
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] * sqrt(2 / std::numbers::pi);
  }
  static double variance(std::span<const double> parameters) {
    return parameters[0] * parameters[0] * (1 - 2 / std::numbers::pi);
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
