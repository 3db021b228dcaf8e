#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Bernoulli {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T p = parameters[0];
    return value_of(y) == 1 ? log(p) : log1p(-p);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return value_of(y) < 1 ? log1p(-parameters[0]) : T(0.0);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return value_of(y) < 1 ? log(parameters[0]) : T(-std::numeric_limits<double>::infinity());
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<Bernoulli>(p, parameters, 0, 1);
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) {
    return parameters[0] * (1 - parameters[0]);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.uniform() < parameters[0] ? 1 : 0;
  }
};

constexpr Parameter parameters[] = {{"p", Support::unit_interval, ""}};

}  // namespace

constinit const Distribution bernoulli =
    describe<Bernoulli, bernoulli>({.name = "bernoulli",
                                    .parameters = parameters,
                                    .summary = "1 with chance p, else 0",
                                    .source = "Johnson, Kemp & Kotz (2005), ch. 3",
                                    .support = Support::binary});

}  // namespace vippl::stdlib::distributions
