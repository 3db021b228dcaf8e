#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct BetaProportion {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T concentration = parameters[1];
    const T alpha = parameters[0] * concentration, beta = (1.0 - parameters[0]) * concentration;
    return (alpha - 1.0) * log(y) + (beta - 1.0) * log1p(-y) - log_beta(alpha, beta);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T concentration = parameters[1];
    const T alpha = parameters[0] * concentration, beta = (1.0 - parameters[0]) * concentration;
    return log_ibeta(alpha, beta, y, 1.0 - y);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T concentration = parameters[1];
    const T alpha = parameters[0] * concentration, beta = (1.0 - parameters[0]) * concentration;
    return log_ibeta(beta, alpha, 1.0 - y, y);
  }
  static double quantile(double p, std::span<const double> parameters) {
    const double mean = parameters[0], concentration = parameters[1];
    return runtime::beta_quantile(mean * concentration, (1 - mean) * concentration, p).x;
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) {
    return parameters[0] * (1 - parameters[0]) / (1 + parameters[1]);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.beta(parameters[0] * parameters[1], (1 - parameters[0]) * parameters[1]);
  }
};

constexpr Parameter parameters[] = {{"mean", Support::open_unit_interval, ""},
                                    {"concentration", Support::positive, ""}};

}  // namespace

constinit const Distribution beta_proportion = describe<BetaProportion, beta_proportion>(
    {.name = "beta_proportion",
     .parameters = parameters,
     .summary = "beta with this mean; a large concentration is narrow",
     .source = "Ferrari & Cribari-Neto (2004), J. Applied Statistics 31(7)",
     .support = Support::open_unit_interval});

}  // namespace vippl::stdlib::distributions
