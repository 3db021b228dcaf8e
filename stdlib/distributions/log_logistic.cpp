#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct LogLogistic {
  static constexpr std::size_t parameter_count = 2;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T shape = parameters[0], scale = parameters[1];
    const T log_ratio = log(y) - log(scale);
    return log(shape) - log(y) + shape * log_ratio - 2 * log1p_exp(shape * log_ratio);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_inv_logit(parameters[0] * (log(y) - log(parameters[1])));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_inv_logit(parameters[0] * (log(parameters[1]) - log(y)));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[1] * exp((log(p) - log1p(-p)) / parameters[0]);
  }
  static double mean(std::span<const double> parameters) {
    const double shape = parameters[0], scale = parameters[1];
    const double angle = std::numbers::pi / shape;
    return shape > 1 ? scale * angle / sin(angle) : std::numeric_limits<double>::infinity();
  }
  static double variance(std::span<const double> parameters) {
    const double shape = parameters[0], scale = parameters[1];
    if (shape <= 2) return std::numeric_limits<double>::infinity();
    const double angle = std::numbers::pi / shape;
    const double average = angle / sin(angle);
    return scale * scale * (2 * angle / sin(2 * angle) - average * average);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double u = rng.uniform();
    return parameters[1] * exp((log(u) - log1p(-u)) / parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution log_logistic = describe<LogLogistic, log_logistic>(
    {.name = "log_logistic",
     .parameters = parameters,
     .summary = "log y is logistic(log(scale), 1 / shape); median scale",
     .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 23",
     .support = Support::positive});

}  // namespace vippl::stdlib::distributions
