#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct ExpModNormal {
  static constexpr std::size_t parameter_count = 3;
  static constexpr double log_root_two_pi = 0.918938533204672741780329736406;
  /// log of exp(rate (rate / 2 - z)) Phi(z - rate), the density over the rate: by Mills' ratio
  /// where its factors under- and overflow.
  template <class T>
  static T log_exponential_part(const T& z, const T& rate) {
    if (value_of(z) < value_of(rate)) return log_mills(rate - z) - 0.5 * z * z - log_root_two_pi;
    return rate * (0.5 * rate - z) + log_normal_cdf(z - rate);
  }
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1], rate = parameters[2];
    return log(rate) + log_exponential_part((y - location) / scale, rate * scale);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T z = (y - parameters[0]) / parameters[1];
    const T rate = parameters[2] * parameters[1];
    const T part = log_exponential_part(z, rate);
    if (value_of(z) > 0) {
      const T normal = log_normal_cdf(z);
      return normal + log1m_exp(part - normal);
    }
    // Phi(z) less the part, both divided by the normal density at z.
    const T normal = log_mills(-z);
    return normal + log1m_exp(log_mills(rate - z) - normal) - 0.5 * z * z - log_root_two_pi;
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T z = (y - parameters[0]) / parameters[1];
    return log_add_exp(log_normal_cdf(-z), log_exponential_part(z, parameters[2] * parameters[1]));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return search_quantile<ExpModNormal>(p, parameters, mean(parameters),
                                         std::sqrt(variance(parameters)),
                                         -std::numeric_limits<double>::infinity());
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] + 1 / parameters[2];
  }
  static double variance(std::span<const double> parameters) {
    return parameters[1] * parameters[1] + 1 / (parameters[2] * parameters[2]);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] + parameters[1] * rng.normal() + rng.exponential() / parameters[2];
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""},
                                    {"rate", Support::positive, ""}};

}  // namespace

constinit const Distribution exp_mod_normal = describe<ExpModNormal, exp_mod_normal>(
    {.name = "exp_mod_normal",
     .parameters = parameters,
     .summary = "sum of a normal and an independent exponential(rate)",
     .source = "Grushka (1972), Analytical Chemistry 44(11)",
     .support = Support::real});

}  // namespace vippl::stdlib::distributions
