#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct BinomialLogit {
  static constexpr std::size_t parameter_count = 2;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T logit = parameters[1];
    const double successes = value_of(y), trials = value_of(parameters[0]);
    return log_choose(trials, successes) - successes * log1p_exp(-logit) -
           (trials - successes) * log1p_exp(logit);
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    run_density<3>(runtime::simd::engine().binomial_logit, count, arguments, values, partials);
    subtract_of_data(count, arguments[0], arguments[1], values,
                     [](double y, double trials) { return -log_choose(trials, y); });
    return true;
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const double successes = std::floor(value_of(y)), trials = value_of(parameters[0]);
    if (successes >= trials) return 0.0;
    return log_ibeta(T(trials - successes), T(successes + 1), exp(log_inv_logit(-parameters[1])),
                     exp(log_inv_logit(parameters[1])));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const double successes = std::floor(value_of(y)), trials = value_of(parameters[0]);
    if (successes >= trials) return -std::numeric_limits<double>::infinity();
    return log_ibeta(T(successes + 1), T(trials - successes), exp(log_inv_logit(parameters[1])),
                     exp(log_inv_logit(-parameters[1])));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<BinomialLogit>(p, parameters, 0, parameters[0]);
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] / (1 + exp(-parameters[1]));
  }
  static double variance(std::span<const double> parameters) {
    return parameters[0] / ((1 + exp(-parameters[1])) * (1 + exp(parameters[1])));
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.binomial(parameters[0], 1 / (1 + exp(-parameters[1])));
  }
};

constexpr Parameter parameters[] = {{"trials", Support::count, ""}, {"logit", Support::real, ""}};

}  // namespace

constinit const Distribution binomial_logit = describe<BinomialLogit, binomial_logit>(
    {.name = "binomial_logit",
     .parameters = parameters,
     .summary = "successes among so many trials, each with chance inv_logit(logit)",
     .source = "McCullagh & Nelder (1989), ch. 4",
     .support = between({Bound::Kind::constant, 0}, {Bound::Kind::parameter, 0},
                        Support::Kind::whole_number)});

}  // namespace vippl::stdlib::distributions
