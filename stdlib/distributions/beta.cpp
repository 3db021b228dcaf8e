#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Beta {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T a = parameters[0], b = parameters[1];
    return (a - 1.0) * log(y) + (b - 1.0) * log1p(-y) - log_beta(a, b);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_ibeta(parameters[0], parameters[1], y, 1.0 - y);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_ibeta(parameters[1], parameters[0], 1.0 - y, y);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return runtime::beta_quantile(parameters[0], parameters[1], p).x;
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] / (parameters[0] + parameters[1]);
  }
  static double variance(std::span<const double> parameters) {
    const double a = parameters[0], b = parameters[1];
    return a * b / ((a + b) * (a + b) * (a + b + 1));
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.beta(parameters[0], parameters[1]);
  }
};

constexpr Parameter parameters[] = {{"alpha", Support::positive, ""},
                                    {"beta", Support::positive, ""}};

}  // namespace

constinit const Distribution beta =
    describe<Beta, beta>({.name = "beta",
                          .parameters = parameters,
                          .summary = "beta; mean alpha / (alpha + beta)",
                          .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 25",
                          .support = Support::open_unit_interval});

}  // namespace vippl::stdlib::distributions
