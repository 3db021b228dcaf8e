#include <limits>

#include "runtime/simd/engine.h"
#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct BernoulliLogit {
  static constexpr std::size_t parameter_count = 1;
  static constexpr runtime::DensityForm form = runtime::DensityForm::bernoulli_logit;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T logit = parameters[0];
    return -log1p_exp(value_of(y) == 1 ? -logit : logit);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return value_of(y) < 1 ? log_inv_logit(-parameters[0]) : T(0.0);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return value_of(y) < 1 ? log_inv_logit(parameters[0])
                           : T(-std::numeric_limits<double>::infinity());
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<BernoulliLogit>(p, parameters, 0, 1);
  }
  static double mean(std::span<const double> parameters) { return 1 / (1 + exp(-parameters[0])); }
  static double variance(std::span<const double> parameters) {
    return 1 / ((1 + exp(-parameters[0])) * (1 + exp(parameters[0])));
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.uniform() < 1 / (1 + exp(-parameters[0])) ? 1 : 0;
  }

  /// Logistic regression.
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    if (arguments[0].step != 1 || arguments[1].step != 1 || partials[1] == nullptr) return false;
    runtime::simd::engine().bernoulli_logit(count, arguments[0].data, arguments[1].data, values,
                                            partials[1]);
    return true;
  }
};

constexpr Parameter parameters[] = {{"logit", Support::real, ""}};

}  // namespace

constinit const Distribution bernoulli_logit = describe<BernoulliLogit, bernoulli_logit>(
    {.name = "bernoulli_logit",
     .parameters = parameters,
     .summary = "1 with chance inv_logit(logit), else 0: logistic regression",
     .source = "McCullagh & Nelder (1989), ch. 4",
     .support = Support::binary});

}  // namespace vippl::stdlib::distributions
