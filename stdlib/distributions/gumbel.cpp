#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Gumbel {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T z = (y - location) / scale;
    return -z - exp(-z) - log(scale);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return -exp((parameters[0] - y) / parameters[1]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_inv_cloglog((parameters[0] - y) / parameters[1]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[0] - parameters[1] * log(-log(p));
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] + std::numbers::egamma * parameters[1];
  }
  static double variance(std::span<const double> parameters) {
    return std::numbers::pi * std::numbers::pi / 6 * parameters[1] * parameters[1];
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] - parameters[1] * log(rng.exponential());
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution gumbel =
    describe<Gumbel, gumbel>({.name = "gumbel",
                              .parameters = parameters,
                              .summary = "Gumbel, of maxima: mean location + 0.577 scale",
                              .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 22",
                              .support = Support::real});

}  // namespace vippl::stdlib::distributions
