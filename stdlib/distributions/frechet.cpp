#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Frechet {
  static constexpr std::size_t parameter_count = 2;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T shape = parameters[0], scale = parameters[1];
    const T log_ratio = log(y) - log(scale);
    return log(shape) - log(scale) - (shape + 1.0) * log_ratio - exp(-shape * log_ratio);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return -exp(parameters[0] * (log(parameters[1]) - log(y)));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_inv_cloglog(parameters[0] * (log(parameters[1]) - log(y)));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[1] * pow(-log(p), -1 / parameters[0]);
  }
  static double mean(std::span<const double> parameters) {
    const double shape = parameters[0], scale = parameters[1];
    return shape > 1 ? scale * exp(log_gamma(1 - 1 / shape))
                     : std::numeric_limits<double>::infinity();
  }
  static double variance(std::span<const double> parameters) {
    const double shape = parameters[0], scale = parameters[1];
    if (shape <= 2) return std::numeric_limits<double>::infinity();
    // exp(a) - exp(2 b) without a difference of large equals where the shape is large.
    const double square = 2 * log_gamma(1 - 1 / shape);
    return scale * scale * exp(square) * expm1(log_gamma(1 - 2 / shape) - square);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[1] * pow(rng.exponential(), -1 / parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution frechet = describe<Frechet, frechet>(
    {.name = "frechet",
     .parameters = parameters,
     .summary = "extremes with heavy tails; P(Y <= y) = exp(-(y / scale)^-shape)",
     .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 22",
     .support = Support::positive});

}  // namespace vippl::stdlib::distributions
