#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Logistic {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T z = (y - location) / scale;
    return -z - log(scale) - 2 * log1p_exp(-z);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_inv_logit((y - parameters[0]) / parameters[1]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_inv_logit((parameters[0] - y) / parameters[1]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[0] + parameters[1] * (log(p) - log1p(-p));
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) {
    return std::numbers::pi * std::numbers::pi / 3 * parameters[1] * parameters[1];
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double u = rng.uniform();
    return parameters[0] + parameters[1] * (log(u) - log1p(-u));
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution logistic = describe<Logistic, logistic>(
    {.name = "logistic",
     .parameters = parameters,
     .summary = "logistic: its distribution function is the inverse logit",
     .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 23",
     .support = Support::real});

}  // namespace vippl::stdlib::distributions
