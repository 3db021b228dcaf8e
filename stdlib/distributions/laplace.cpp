#include <algorithm>
#include <numbers>

#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Laplace {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    return -std::numbers::ln2 - log(scale) - abs(y - location) / scale;
  }
  /// log P(Y <= z) with location 0 and scale 1.
  template <class T>
  static T log_standard_cdf(const T& z) {
    return value_of(z) < 0 ? z - std::numbers::ln2 : log1p(-0.5 * exp(-z));
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
    const double size = log(2 * std::min(p, 1 - p));
    return parameters[0] + parameters[1] * (p < 0.5 ? size : -size);
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) {
    return 2 * parameters[1] * parameters[1];
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double size = parameters[1] * rng.exponential();
    return parameters[0] + (rng.uniform() < 0.5 ? -size : size);
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution laplace =
    describe<Laplace, laplace>({.name = "laplace",
                                .parameters = parameters,
                                .summary = "double exponential; variance 2 scale^2",
                                .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 24",
                                .support = Support::real});

}  // namespace vippl::stdlib::distributions
