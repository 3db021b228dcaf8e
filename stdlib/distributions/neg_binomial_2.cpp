#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct NegBinomial2 {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T mean = parameters[0], concentration = parameters[1];
    const double count = value_of(y);
    // log(concentration / (mean + concentration)) as log1p: both chances keep their digits when one
    // is near 1.
    return log_gamma(count + concentration) - log_gamma(concentration) - log_factorial(count) -
           concentration * log1p(mean / concentration) - count * log1p(concentration / mean);
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_count_density<3>(runtime::simd::engine().neg_binomial_2, count, arguments, values,
                                partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T mean = parameters[0], concentration = parameters[1];
    const T sum = mean + concentration;
    return log_ibeta(concentration, T(std::floor(value_of(y)) + 1), concentration / sum,
                     mean / sum);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T mean = parameters[0], concentration = parameters[1];
    const T sum = mean + concentration;
    return log_ibeta(T(std::floor(value_of(y)) + 1), concentration, mean / sum,
                     concentration / sum);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<NegBinomial2>(p, parameters, 0, std::numeric_limits<double>::infinity());
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) {
    return parameters[0] + parameters[0] * parameters[0] / parameters[1];
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double rate = parameters[0] * rng.gamma(parameters[1]) / parameters[1];
    return rng.poisson(rate);
  }
};

constexpr Parameter parameters[] = {{"mean", Support::positive, ""},
                                    {"concentration", Support::positive, ""}};

}  // namespace

constinit const Distribution neg_binomial_2 = describe<NegBinomial2, neg_binomial_2>(
    {.name = "neg_binomial_2",
     .parameters = parameters,
     .summary = "overdispersed counts; variance mean + mean^2 / concentration",
     .source = "Johnson, Kemp & Kotz (2005), ch. 5",
     .support = Support::count});

}  // namespace vippl::stdlib::distributions
