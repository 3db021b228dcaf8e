#include <cmath>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct InverseGaussian {
  static constexpr std::size_t parameter_count = 2;
  static constexpr double log_root_two_pi = 0.918938533204672741780329736406;
  /// log of exp(2 shape / mean) Phi(-far): far^2 exceeds near^2 by 4 shape / mean.
  template <class T>
  static T log_mirror_part(const T& near, const T& far) {
    return log_mills(far) - 0.5 * near * near - log_root_two_pi;
  }
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T mean = parameters[0], shape = parameters[1];
    const T deviation = y / mean - 1.0;
    return 0.5 * (log(shape) - std::log(2 * std::numbers::pi)) - 1.5 * log(y) -
           0.5 * shape * deviation * deviation / y;
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T root = sqrt(parameters[1] / y), ratio = y / parameters[0];
    const T near = root * (ratio - 1.0), far = root * (ratio + 1.0);
    return log_add_exp(log_normal_cdf(near), log_mirror_part(near, far));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T root = sqrt(parameters[1] / y), ratio = y / parameters[0];
    const T near = root * (ratio - 1.0), far = root * (ratio + 1.0);
    if (value_of(near) < 0) {
      const T normal = log_normal_cdf(-near);
      return normal + log1m_exp(log_mirror_part(near, far) - normal);
    }
    // The difference of both parts, divided by the normal density at `near`.
    const T normal = log_mills(near);
    return normal + log1m_exp(log_mills(far) - normal) - 0.5 * near * near - log_root_two_pi;
  }
  static double quantile(double p, std::span<const double> parameters) {
    return search_quantile<InverseGaussian>(p, parameters, mean(parameters),
                                            std::sqrt(variance(parameters)), 0);
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) {
    return parameters[0] * parameters[0] * parameters[0] / parameters[1];
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    // Michael, Schucany & Haas (1976), The American Statistician 30(2); the smaller root by the
    // product of both.
    const double mean = parameters[0], shape = parameters[1];
    const double z = rng.normal();
    const double w = 0.5 * mean * z * z / shape;
    const double smaller = mean / (1 + w + sqrt(w * (w + 2)));
    return rng.uniform() * (mean + smaller) <= mean ? smaller : mean * mean / smaller;
  }
};

constexpr Parameter parameters[] = {{"mean", Support::positive, ""},
                                    {"shape", Support::positive, ""}};

}  // namespace

constinit const Distribution inverse_gaussian = describe<InverseGaussian, inverse_gaussian>(
    {.name = "inverse_gaussian",
     .parameters = parameters,
     .summary = "first passage of a drifting Brownian motion; variance mean^3 / shape",
     .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 15",
     .support = Support::positive});

}  // namespace vippl::stdlib::distributions
