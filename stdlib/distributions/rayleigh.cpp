#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Rayleigh {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T scale = parameters[0];
    const T z = y / scale;
    return log(y) - 2 * log(scale) - 0.5 * z * z;
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_inv_cloglog(2 * (log(y) - log(parameters[0])) - std::numbers::ln2);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T z = y / parameters[0];
    return -0.5 * z * z;
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[0] * sqrt(-2 * log1p(-p));
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] * sqrt(0.5 * std::numbers::pi);
  }
  static double variance(std::span<const double> parameters) {
    return parameters[0] * parameters[0] * (2 - 0.5 * std::numbers::pi);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] * sqrt(2 * rng.exponential());
  }
};

constexpr Parameter parameters[] = {{"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution rayleigh = describe<Rayleigh, rayleigh>(
    {.name = "rayleigh",
     .parameters = parameters,
     .summary = "length of a vector of two independent normal(0, scale)",
     .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 18",
     .support = Support::positive});

}  // namespace vippl::stdlib::distributions
