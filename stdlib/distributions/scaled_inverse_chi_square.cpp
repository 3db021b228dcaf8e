#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct ScaledInverseChiSquare {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T half = 0.5 * parameters[0], scale = parameters[1];
    const T minimum = half * scale * scale;
    return half * log(minimum) - log_gamma(half) - (half + 1.0) * log(y) - minimum / y;
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T half = 0.5 * parameters[0], scale = parameters[1];
    return log_gamma_q(half, half * scale * scale / y);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T half = 0.5 * parameters[0], scale = parameters[1];
    return log_gamma_p(half, half * scale * scale / y);
  }
  static double quantile(double p, std::span<const double> parameters) {
    const double half = 0.5 * parameters[0], scale = parameters[1];
    return half * scale * scale / runtime::gamma_upper_quantile(half, p);
  }
  static double mean(std::span<const double> parameters) {
    const double df = parameters[0], scale = parameters[1];
    return df > 2 ? df * scale * scale / (df - 2) : std::numeric_limits<double>::infinity();
  }
  static double variance(std::span<const double> parameters) {
    const double df = parameters[0];
    if (df <= 4) return std::numeric_limits<double>::infinity();
    const double average = mean(parameters);
    return 2 * average * average / (df - 4);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] * parameters[1] * parameters[1] / rng.chi_square(parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"df", Support::positive, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution scaled_inverse_chi_square =
    describe<ScaledInverseChiSquare, scaled_inverse_chi_square>(
        {.name = "scaled_inverse_chi_square",
         .parameters = parameters,
         .summary = "df scale^2 / y is chi_square(df): a variance about scale^2",
         .source = "Gelman et al. (2013), Bayesian Data Analysis, appendix A",
         .support = Support::positive});

}  // namespace vippl::stdlib::distributions
