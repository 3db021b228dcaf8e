#include <algorithm>
#include <cmath>

#include "stdlib/describe.h"
#include "stdlib/sum_of_masses.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct BetaBinomial {
  static constexpr std::size_t parameter_count = 3;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T alpha = parameters[1], beta = parameters[2];
    const double successes = value_of(y), trials = value_of(parameters[0]);
    return log_choose(trials, successes) + log_beta(successes + alpha, trials - successes + beta) -
           log_beta(alpha, beta);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const double successes = std::floor(value_of(y));
    if (successes >= value_of(parameters[0])) return 0.0;
    return log_sum_of_masses<BetaBinomial>(0, successes, parameters);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const double next = std::max(0.0, std::floor(value_of(y)) + 1);
    return log_sum_of_masses<BetaBinomial>(next, value_of(parameters[0]), parameters);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<BetaBinomial>(p, parameters, 0, parameters[0]);
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] * parameters[1] / (parameters[1] + parameters[2]);
  }
  static double variance(std::span<const double> parameters) {
    const double trials = parameters[0], sum = parameters[1] + parameters[2];
    const double p = parameters[1] / sum;
    return trials * p * (1 - p) * (sum + trials) / (sum + 1);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.binomial(parameters[0], rng.beta(parameters[1], parameters[2]));
  }
};

constexpr Parameter parameters[] = {{"trials", Support::count, ""},
                                    {"alpha", Support::positive, ""},
                                    {"beta", Support::positive, ""}};

}  // namespace

constinit const Distribution beta_binomial = describe<BetaBinomial, beta_binomial>(
    {.name = "beta_binomial",
     .parameters = parameters,
     .summary = "binomial whose chance varies as beta(alpha, beta)",
     .source = "Johnson, Kemp & Kotz (2005), ch. 6",
     .support = between({Bound::Kind::constant, 0}, {Bound::Kind::parameter, 0},
                        Support::Kind::whole_number)});

}  // namespace vippl::stdlib::distributions
