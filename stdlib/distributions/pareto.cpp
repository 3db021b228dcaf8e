#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Pareto {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T shape = parameters[0], minimum = parameters[1];
    return log(shape) + shape * (log(minimum) - log(y)) - log(y);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log1m_exp(parameters[0] * (log(parameters[1]) - log(y)));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return parameters[0] * (log(parameters[1]) - log(y));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[1] * exp(-log1p(-p) / parameters[0]);
  }
  static double mean(std::span<const double> parameters) {
    const double shape = parameters[0], minimum = parameters[1];
    return shape > 1 ? shape * minimum / (shape - 1) : std::numeric_limits<double>::infinity();
  }
  static double variance(std::span<const double> parameters) {
    const double shape = parameters[0];
    const double ratio = parameters[1] / (shape - 1);
    return shape > 2 ? ratio * ratio * shape / (shape - 2)
                     : std::numeric_limits<double>::infinity();
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[1] * exp(rng.exponential() / parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""},
                                    {"minimum", Support::positive, ""}};

}  // namespace

constinit const Distribution pareto =
    describe<Pareto, pareto>({.name = "pareto",
                              .parameters = parameters,
                              .summary = "power law above a minimum; survival (minimum / y)^shape",
                              .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 20",
                              .support = between({Bound::Kind::parameter, 1}, {})});

}  // namespace vippl::stdlib::distributions
