#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Gamma {
  static constexpr std::size_t parameter_count = 2;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T shape = parameters[0], rate = parameters[1];
    return shape * log(rate) - log_gamma(shape) + (shape - 1.0) * log(y) - rate * y;
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_density<3>(runtime::simd::engine().gamma, count, arguments, values, partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_gamma_p(parameters[0], parameters[1] * y);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_gamma_q(parameters[0], parameters[1] * y);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return runtime::gamma_quantile(parameters[0], p) / parameters[1];
  }
  static double mean(std::span<const double> parameters) { return parameters[0] / parameters[1]; }
  static double variance(std::span<const double> parameters) {
    return parameters[0] / (parameters[1] * parameters[1]);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.gamma(parameters[0]) / parameters[1];
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""},
                                    {"rate", Support::positive, ""}};

}  // namespace

constinit const Distribution gamma =
    describe<Gamma, gamma>({.name = "gamma",
                            .parameters = parameters,
                            .summary = "gamma; mean shape / rate",
                            .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 17",
                            .support = Support::positive});

}  // namespace vippl::stdlib::distributions
