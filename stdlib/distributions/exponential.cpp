#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Exponential {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T rate = parameters[0];
    return log(rate) - rate * y;
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_density<2>(runtime::simd::engine().exponential, count, arguments, values, partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_inv_cloglog(log(parameters[0]) + log(y));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return -parameters[0] * y;
  }
  static double quantile(double p, std::span<const double> parameters) {
    return -log1p(-p) / parameters[0];
  }
  static double mean(std::span<const double> parameters) { return 1 / parameters[0]; }
  static double variance(std::span<const double> parameters) {
    return 1 / (parameters[0] * parameters[0]);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.exponential() / parameters[0];
  }
};

constexpr Parameter parameters[] = {{"rate", Support::positive, ""}};

}  // namespace

constinit const Distribution exponential = describe<Exponential, exponential>(
    {.name = "exponential",
     .parameters = parameters,
     .summary = "waiting time; mean 1 / rate",
     .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 19",
     .support = Support::positive});

}  // namespace vippl::stdlib::distributions
