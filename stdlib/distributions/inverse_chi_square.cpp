#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct InverseChiSquare {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T half = 0.5 * parameters[0];
    return -std::numbers::ln2 * half - log_gamma(half) - (half + 1.0) * log(y) - 0.5 / y;
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_gamma_q(0.5 * parameters[0], 0.5 / y);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_gamma_p(0.5 * parameters[0], 0.5 / y);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return 0.5 / runtime::gamma_upper_quantile(0.5 * parameters[0], p);
  }
  static double mean(std::span<const double> parameters) {
    const double df = parameters[0];
    return df > 2 ? 1 / (df - 2) : std::numeric_limits<double>::infinity();
  }
  static double variance(std::span<const double> parameters) {
    const double df = parameters[0];
    return df > 4 ? 2 / ((df - 2) * (df - 2) * (df - 4)) : std::numeric_limits<double>::infinity();
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return 1 / rng.chi_square(parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"df", Support::positive, ""}};

}  // namespace

constinit const Distribution inverse_chi_square = describe<InverseChiSquare, inverse_chi_square>(
    {.name = "inverse_chi_square",
     .parameters = parameters,
     .summary = "1 / y is chi_square(df); mean 1 / (df - 2)",
     .source = "Gelman et al. (2013), Bayesian Data Analysis, appendix A",
     .support = Support::positive});

}  // namespace vippl::stdlib::distributions
