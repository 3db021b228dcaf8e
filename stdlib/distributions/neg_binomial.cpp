#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct NegBinomial {
  static constexpr std::size_t parameter_count = 2;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T shape = parameters[0], rate = parameters[1];
    const double count = value_of(y);
    return log_gamma(count + shape) - log_gamma(shape) - log_factorial(count) -
           shape * log1p(1.0 / rate) - count * log1p(rate);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T shape = parameters[0], rate = parameters[1];
    const T p = rate / (1.0 + rate), rest = 1.0 / (1.0 + rate);
    return log_ibeta(shape, T(std::floor(value_of(y)) + 1), p, rest);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T shape = parameters[0], rate = parameters[1];
    const T p = rate / (1.0 + rate), rest = 1.0 / (1.0 + rate);
    return log_ibeta(T(std::floor(value_of(y)) + 1), shape, rest, p);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<NegBinomial>(p, parameters, 0, std::numeric_limits<double>::infinity());
  }
  static double mean(std::span<const double> parameters) { return parameters[0] / parameters[1]; }
  static double variance(std::span<const double> parameters) {
    return parameters[0] / parameters[1] * (1 + 1 / parameters[1]);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.poisson(rng.gamma(parameters[0]) / parameters[1]);
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""},
                                    {"rate", Support::positive, ""}};

}  // namespace

constinit const Distribution neg_binomial = describe<NegBinomial, neg_binomial>(
    {.name = "neg_binomial",
     .parameters = parameters,
     .summary = "poisson whose rate varies as gamma(shape, rate)",
     .source = "Johnson, Kemp & Kotz (2005), ch. 5",
     .support = Support::count});

}  // namespace vippl::stdlib::distributions
