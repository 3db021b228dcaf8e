#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Geometric {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T p = parameters[0];
    return value_of(y) == 0 ? log(p) : value_of(y) * log1p(-p) + log(p);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log1m_exp(log_ccdf(y, parameters));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return (std::floor(value_of(y)) + 1) * log1p(-parameters[0]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<Geometric>(p, parameters, 0, std::numeric_limits<double>::infinity());
  }
  static double mean(std::span<const double> parameters) {
    return (1 - parameters[0]) / parameters[0];
  }
  static double variance(std::span<const double> parameters) {
    return (1 - parameters[0]) / (parameters[0] * parameters[0]);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] == 1 ? 0 : std::floor(-rng.exponential() / log1p(-parameters[0]));
  }
};

constexpr Parameter parameters[] = {
    {"p", between({Bound::Kind::constant, 0, true}, {Bound::Kind::constant, 1}), ""}};

}  // namespace

constinit const Distribution geometric = describe<Geometric, geometric>(
    {.name = "geometric",
     .parameters = parameters,
     .summary = "failures before the first success; mean (1 - p) / p",
     .source = "Johnson, Kemp & Kotz (2005), ch. 5",
     .support = Support::count});

}  // namespace vippl::stdlib::distributions
