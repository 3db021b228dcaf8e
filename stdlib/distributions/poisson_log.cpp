#include <cmath>
#include <limits>

#include "runtime/simd/engine.h"
#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct PoissonLog {
  static constexpr std::size_t parameter_count = 1;
  static constexpr runtime::DensityForm form = runtime::DensityForm::poisson_log;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T log_rate = parameters[0];
    return value_of(y) * log_rate - exp(log_rate) - log_factorial(value_of(y));
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_gamma_q(T(std::floor(value_of(y)) + 1), exp(parameters[0]));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_gamma_p(T(std::floor(value_of(y)) + 1), exp(parameters[0]));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<PoissonLog>(p, parameters, 0, std::numeric_limits<double>::infinity());
  }
  static double mean(std::span<const double> parameters) { return exp(parameters[0]); }
  static double variance(std::span<const double> parameters) { return exp(parameters[0]); }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.poisson(exp(parameters[0]));
  }

  /// Poisson regression.
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    if (arguments[0].step != 1 || arguments[1].step != 1 || partials[1] == nullptr) return false;
    const double* const y = arguments[0].data;
    runtime::simd::engine().poisson_log(count, y, arguments[1].data, values, partials[1]);
    subtract_of_data(count, arguments[0], arguments[0], values,
                     [](double outcome, double) { return log_factorial(outcome); });
    return true;
  }
};

constexpr Parameter parameters[] = {{"log_rate", Support::real, ""}};

}  // namespace

constinit const Distribution poisson_log = describe<PoissonLog, poisson_log>(
    {.name = "poisson_log",
     .parameters = parameters,
     .summary = "poisson with rate exp(log_rate): Poisson regression",
     .source = "McCullagh & Nelder (1989), ch. 6",
     .support = Support::count});

}  // namespace vippl::stdlib::distributions
