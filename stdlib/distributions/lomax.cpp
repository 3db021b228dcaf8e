#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Lomax {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T shape = parameters[0], scale = parameters[1];
    return log(shape) - log(scale) - (shape + 1.0) * log1p(y / scale);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log1m_exp(-parameters[0] * log1p(y / parameters[1]));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return -parameters[0] * log1p(y / parameters[1]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[1] * expm1(-log1p(-p) / parameters[0]);
  }
  static double mean(std::span<const double> parameters) {
    const double shape = parameters[0], scale = parameters[1];
    return shape > 1 ? scale / (shape - 1) : std::numeric_limits<double>::infinity();
  }
  static double variance(std::span<const double> parameters) {
    const double shape = parameters[0];
    const double ratio = parameters[1] / (shape - 1);
    return shape > 2 ? ratio * ratio * shape / (shape - 2)
                     : std::numeric_limits<double>::infinity();
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[1] * expm1(rng.exponential() / parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution lomax =
    describe<Lomax, lomax>({.name = "lomax",
                            .parameters = parameters,
                            .summary = "pareto moved to 0; survival (1 + y / scale)^-shape",
                            .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 20",
                            .support = Support::nonnegative});

}  // namespace vippl::stdlib::distributions
