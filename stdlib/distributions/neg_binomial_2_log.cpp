#include "stdlib/describe.h"

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
