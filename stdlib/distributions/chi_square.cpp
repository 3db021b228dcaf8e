#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct ChiSquare {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T half = 0.5 * parameters[0];
    return -std::numbers::ln2 * half - log_gamma(half) + (half - 1.0) * log(y) - 0.5 * y;
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_gamma_p(0.5 * parameters[0], 0.5 * y);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_gamma_q(0.5 * parameters[0], 0.5 * y);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return 2 * runtime::gamma_quantile(0.5 * parameters[0], p);
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) { return 2 * parameters[0]; }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.chi_square(parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"df", Support::positive, ""}};

}  // namespace

constinit const Distribution chi_square = describe<ChiSquare, chi_square>(
    {.name = "chi_square",
     .parameters = parameters,
     .summary = "sum of df squared standard normals; mean df",
     .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 18",
     .support = Support::positive});

}  // namespace vippl::stdlib::distributions
