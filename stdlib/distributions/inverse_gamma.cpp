#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct InverseGamma {
  static constexpr std::size_t parameter_count = 2;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T shape = parameters[0], scale = parameters[1];
    return shape * log(scale) - log_gamma(shape) - (shape + 1.0) * log(y) - scale / y;
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_gamma_q(parameters[0], parameters[1] / y);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_gamma_p(parameters[0], parameters[1] / y);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[1] / runtime::gamma_upper_quantile(parameters[0], p);
  }
  static double mean(std::span<const double> parameters) {
    const double shape = parameters[0], scale = parameters[1];
    return shape > 1 ? scale / (shape - 1) : std::numeric_limits<double>::infinity();
  }
  static double variance(std::span<const double> parameters) {
    const double shape = parameters[0];
    if (shape <= 2) return std::numeric_limits<double>::infinity();
    const double average = mean(parameters);
    return average * average / (shape - 2);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[1] / rng.gamma(parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution inverse_gamma = describe<InverseGamma, inverse_gamma>(
    {.name = "inverse_gamma",
     .parameters = parameters,
     .summary = "1 / y is gamma(shape, rate = scale); mean scale / (shape - 1)",
     .source = "Gelman et al. (2013), Bayesian Data Analysis, appendix A",
     .support = Support::positive});

}  // namespace vippl::stdlib::distributions
