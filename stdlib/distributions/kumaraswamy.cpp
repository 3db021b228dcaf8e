#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Kumaraswamy {
  static constexpr std::size_t parameter_count = 2;
  static double moment(double order, std::span<const double> parameters) {
    const double alpha = parameters[0], beta = parameters[1];
    return beta * exp(log_beta(1 + order / alpha, beta));
  }
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T alpha = parameters[0], beta = parameters[1];
    return log(alpha) + log(beta) + (alpha - 1.0) * log(y) +
           (beta - 1.0) * log1m_exp(alpha * log(y));
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T log_power = parameters[0] * log(y);
    // log of -log(1 - power), which is the power itself where that is tiny.
    constexpr double tiny = -37;
    return log_inv_cloglog(log(parameters[1]) +
                           (value_of(log_power) < tiny ? log_power : log(-log1m_exp(log_power))));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return parameters[1] * log1m_exp(parameters[0] * log(y));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return exp(log(-expm1(log1p(-p) / parameters[1])) / parameters[0]);
  }
  static double mean(std::span<const double> parameters) { return moment(1, parameters); }
  static double variance(std::span<const double> parameters) {
    const double average = moment(1, parameters);
    return moment(2, parameters) - average * average;
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return exp(log(-expm1(-rng.exponential() / parameters[1])) / parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"alpha", Support::positive, ""},
                                    {"beta", Support::positive, ""}};

}  // namespace

constinit const Distribution kumaraswamy = describe<Kumaraswamy, kumaraswamy>(
    {.name = "kumaraswamy",
     .parameters = parameters,
     .summary = "like beta, with a closed form: P(Y > y) = (1 - y^alpha)^beta",
     .source = "Jones (2009), Statistical Methodology 6(1)",
     .support = Support::open_unit_interval});

}  // namespace vippl::stdlib::distributions
