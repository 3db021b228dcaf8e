#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Poisson {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T rate = parameters[0];
    return value_of(y) * log(rate) - rate - log_factorial(value_of(y));
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_count_density<2>(runtime::simd::engine().poisson, count, arguments, values,
                                partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_gamma_q(T(std::floor(value_of(y)) + 1), parameters[0]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_gamma_p(T(std::floor(value_of(y)) + 1), parameters[0]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<Poisson>(p, parameters, 0, std::numeric_limits<double>::infinity());
  }
  static double mean(std::span<const double> parameters) { return parameters[0]; }
  static double variance(std::span<const double> parameters) { return parameters[0]; }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.poisson(parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"rate", Support::positive, ""}};

}  // namespace

constinit const Distribution poisson =
    describe<Poisson, poisson>({.name = "poisson",
                                .parameters = parameters,
                                .summary = "counts with mean and variance rate",
                                .source = "Johnson, Kemp & Kotz (2005), ch. 4",
                                .support = Support::count});

}  // namespace vippl::stdlib::distributions
