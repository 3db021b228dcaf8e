#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct NegBinomial2Log {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T log_mean = parameters[0], concentration = parameters[1];
    const double count = value_of(y);
    const T logit = log_mean - log(concentration);
    return log_gamma(count + concentration) - log_gamma(concentration) - log_factorial(count) -
           concentration * log1p_exp(logit) - count * log1p_exp(-logit);
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_count_density<3>(runtime::simd::engine().neg_binomial_2_log, count, arguments,
                                values, partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T logit = log(parameters[1]) - parameters[0];
    return log_ibeta(parameters[1], T(std::floor(value_of(y)) + 1), exp(log_inv_logit(logit)),
                     exp(log_inv_logit(-logit)));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T logit = log(parameters[1]) - parameters[0];
    return log_ibeta(T(std::floor(value_of(y)) + 1), parameters[1], exp(log_inv_logit(-logit)),
                     exp(log_inv_logit(logit)));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<NegBinomial2Log>(p, parameters, 0,
                                           std::numeric_limits<double>::infinity());
  }
  static double mean(std::span<const double> parameters) { return exp(parameters[0]); }
  static double variance(std::span<const double> parameters) {
    const double average = mean(parameters);
    return average + average * average / parameters[1];
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double mean = exp(parameters[0]);
    return rng.poisson(mean * rng.gamma(parameters[1]) / parameters[1]);
  }
};

constexpr Parameter parameters[] = {{"log_mean", Support::real, ""},
                                    {"concentration", Support::positive, ""}};

}  // namespace

constinit const Distribution neg_binomial_2_log = describe<NegBinomial2Log, neg_binomial_2_log>(
    {.name = "neg_binomial_2_log",
     .parameters = parameters,
     .summary = "neg_binomial_2 with mean exp(log_mean): overdispersed count regression",
     .source = "Johnson, Kemp & Kotz (2005), ch. 5",
     .support = Support::count});

}  // namespace vippl::stdlib::distributions
