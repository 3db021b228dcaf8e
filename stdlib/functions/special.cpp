#include "runtime/special.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/bessel.h"
#include "stdlib/elementwise.h"
#include "stdlib/operations/constant.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Bound;
using lang::Parameter;
using lang::ResultElement;
using lang::Support;
using runtime::digamma;
using runtime::log1m_exp;
using runtime::simd::Engine;

constexpr Support nonpositive{Support::Kind::number, {}, {Bound::Kind::constant, 0, false}};
constexpr Parameter any[] = {{"x", Support::real}};
constexpr Parameter positive[] = {{"x", Support::positive}};
constexpr Parameter negative[] = {{"x", nonpositive}};
constexpr Parameter chance[] = {{"p", Support::unit_interval}};
constexpr Parameter a_b[] = {{"a", Support::positive}, {"b", Support::positive}};
constexpr Parameter n_k[] = {{"n", Support::nonnegative}, {"k", Support::nonnegative}};
constexpr Parameter order_x[] = {{"order", Support::count}, {"x", Support::nonnegative}};

// exp(-x^2 / 2) / sqrt(2 pi)
double normal_density(double x) {
  constexpr double inverse_sqrt_two_pi = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  return inverse_sqrt_two_pi * std::exp(-0.5 * x * x);
}

// Without overflow on either side.
double inv_logit(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}

double softplus(double x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x))); }

double log_choose(double n, double k) {
  return runtime::log_gamma(n + 1) - runtime::log_gamma(k + 1) - runtime::log_gamma(n - k + 1);
}

// Of whole numbers it is whole; the logarithm is exact enough to round below 1e12.
double choose(double n, double k) {
  const double value = std::exp(log_choose(n, k));
  const bool is_whole = std::floor(n) == n && std::floor(k) == k;
  if (is_whole && k > n) return 0;
  return is_whole && value < 1e12 ? std::round(value) : value;
}

double by_choose_n(double n, double k) { return digamma(n + 1) - digamma(n - k + 1); }
double by_choose_k(double n, double k) { return digamma(n - k + 1) - digamma(k + 1); }

constexpr auto no_partial = [](double, double, double) { return 0.0; };  // of a whole argument

// clang-format off
constexpr runtime::Function rows[] = {
    map<"logit", [](double p) { return std::log(p) - std::log1p(-p); }, [](double p, double) { return 1 / (p * (1 - p)); }>(
        {.parameters = chance, .summary = "log(p / (1 - p))"}),
    map<"inv_logit", [](double x) { return inv_logit(x); }, [](double, double y) { return y * (1 - y); }>(
        {.parameters = any, .summary = "1 / (1 + exp(-x))"}),
    map<"log_inv_logit", [](double x) { return -softplus(-x); }, [](double, double y) { return -std::expm1(y); }>(
        {.parameters = any, .summary = "log(inv_logit(x)), exact in both tails"}),
    map<"log1m_exp", [](double x) { return log1m_exp(x); }, [](double x, double) { return -1 / std::expm1(-x); }>(
        {.parameters = negative, .summary = "log(1 - exp(x)), exact near 0"}),
    map<"phi", [](double x) { return runtime::normal_cdf(x); }, [](double x, double) { return normal_density(x); }>(
        {.parameters = any, .summary = "distribution function of the standard normal"}),
    map<"inv_phi", [](double p) { return runtime::normal_quantile(p); }, [](double, double y) { return 1 / normal_density(y); }>(
        {.parameters = chance, .summary = "quantile of the standard normal"}),
    map<"erf", &Engine::erf,
        [](double x, double) { return 2 * std::numbers::inv_sqrtpi * std::exp(-x * x); }>(
        {.parameters = any, .summary = "error function"}),
    map<"erfc", [](double x) { return std::erfc(x); },
        [](double x, double) { return -2 * std::numbers::inv_sqrtpi * std::exp(-x * x); }>(
        {.parameters = any, .summary = "1 - erf(x), exact for large x"}),
    map<"gamma", [](double x) { return std::tgamma(x); }, [](double x, double y) { return y * digamma(x); }>(
        {.parameters = positive, .summary = "gamma function: (x - 1)! of whole numbers"}),
    map<"log_gamma", [](double x) { return runtime::log_gamma(x); }, [](double x, double) { return digamma(x); }>(
        {.parameters = positive, .summary = "logarithm of the gamma function"}),
    map<"digamma", [](double x) { return digamma(x); }, [](double x, double) { return runtime::trigamma(x); }>(
        {.parameters = positive, .summary = "derivative of log_gamma"}),
    elementwise<"beta", [](double a, double b) { return std::exp(runtime::log_beta(a, b)); },
                [](double a, double b, double y) { return y * (digamma(a) - digamma(a + b)); },
                [](double a, double b, double y) { return y * (digamma(b) - digamma(a + b)); }>(
        {.parameters = a_b, .summary = "gamma(a) gamma(b) / gamma(a + b)"}),
    elementwise<"log_beta", [](double a, double b) { return runtime::log_beta(a, b); },
                [](double a, double b, double) { return digamma(a) - digamma(a + b); },
                [](double a, double b, double) { return digamma(b) - digamma(a + b); }>(
        {.parameters = a_b, .summary = "logarithm of the beta function"}),
    elementwise<"choose", [](double n, double k) { return choose(n, k); },
                [](double n, double k, double y) { return y * by_choose_n(n, k); },
                [](double n, double k, double y) { return y * by_choose_k(n, k); }>(
        {.parameters = n_k, .summary = "number of ways to choose k of n", .result_element = ResultElement::as_arguments}),
    elementwise<"log_choose", [](double n, double k) { return log_choose(n, k); },
                [](double n, double k, double) { return by_choose_n(n, k); },
                [](double n, double k, double) { return by_choose_k(n, k); }>(
        {.parameters = n_k, .summary = "logarithm of choose(n, k)"}),
    elementwise<"bessel_i", [](double order, double x) { return runtime::bessel_i(order, x); }, no_partial,
                [](double order, double x, double y) { return runtime::bessel_i(order + 1, x) + (order == 0 ? 0 : order / x * y); }>(
        {.parameters = order_x, .summary = "modified Bessel function of the first kind"}),
    elementwise<"bessel_k", [](double order, double x) { return runtime::bessel_k(order, x); }, no_partial,
                [](double order, double x, double y) { return -runtime::bessel_k(order + 1, x) + order / x * y; }>(
        {.parameters = order_x, .summary = "modified Bessel function of the second kind"}),
    map<"softplus", [](double x) { return softplus(x); }, [](double x, double) { return inv_logit(x); }>(
        {.parameters = any, .summary = "log(1 + exp(x))"}),
    map<"relu", [](double x) { return x < 0 ? 0.0 : x; }, [](double x, double) { return static_cast<double>(x > 0); }>(
        {.parameters = any, .summary = "x where positive, else 0", .result_element = ResultElement::as_arguments}),
    map<"gelu", [](double x) { return x * runtime::normal_cdf(x); },
        [](double x, double) { return runtime::normal_cdf(x) + x * normal_density(x); }>(
        {.parameters = any, .summary = "x phi(x)"}),
    constant<"pi", std::numbers::pi>("circumference of a circle of diameter 1"),
    constant<"infinity", std::numeric_limits<double>::infinity()>("larger than every number"),
    constant<"machine_epsilon", std::numeric_limits<double>::epsilon()>("distance from 1 to the next number"),
};
// clang-format on

}  // namespace

constinit const FunctionTable special = rows;

}  // namespace vippl::stdlib::functions
