#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "tests/support/reference/builtins.h"

namespace vippl::reference {

namespace {

using Kind = Tensor::Kind;

Tensor with_kind(Tensor x, Kind kind) {
  x.kind = kind;
  return x;
}

Builtin real(const std::function<double(double)>& f) {
  return [f](const Arguments& a) { return with_kind(map(a[0], f), Kind::real); };
}

/// The kind of the result is that of the argument: an int of an int.
Builtin as_argument(const std::function<double(double)>& f) {
  return [f](const Arguments& a) {
    return with_kind(map(a[0], f), std::max(a[0].kind, Kind::integer));
  };
}

Builtin whole(const std::function<double(double)>& f) {
  return [f](const Arguments& a) { return with_kind(map(a[0], f), Kind::integer); };
}

Builtin binary(Kind kind, const std::function<double(double, double)>& f) {
  return [f, kind](const Arguments& a) { return with_kind(map(a[0], a[1], f), kind); };
}

Builtin constant(double value) {
  return [value](const Arguments&) { return scalar(value); };
}

double standard_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double inv_logit(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }
double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

}  // namespace

Builtins elementwise_builtins() {
  const auto at_least = [](double x, double lower) { return std::max(x, lower); };
  const auto at_most = [](double x, double upper) { return std::min(x, upper); };
  return {
      {"abs", as_argument([](double x) { return std::abs(x); })},
      {"sign", whole([](double x) { return x > 0   ? 1.0
                                           : x < 0 ? -1.0
                                                   : 0.0; })},
      {"sqrt", real([](double x) { return std::sqrt(x); })},
      {"square", as_argument([](double x) { return x * x; })},
      {"exp", real([](double x) { return std::exp(x); })},
      {"expm1", real([](double x) { return std::expm1(x); })},
      {"log", real([](double x) { return std::log(x); })},
      {"log1p", real([](double x) { return std::log1p(x); })},
      {"log2", real([](double x) { return std::log2(x); })},
      {"log10", real([](double x) { return std::log10(x); })},
      {"sin", real([](double x) { return std::sin(x); })},
      {"cos", real([](double x) { return std::cos(x); })},
      {"tan", real([](double x) { return std::tan(x); })},
      {"asin", real([](double x) { return std::asin(x); })},
      {"acos", real([](double x) { return std::acos(x); })},
      {"atan", real([](double x) { return std::atan(x); })},
      {"atan2", binary(Kind::real, [](double y, double x) { return std::atan2(y, x); })},
      {"sinh", real([](double x) { return std::sinh(x); })},
      {"cosh", real([](double x) { return std::cosh(x); })},
      {"tanh", real([](double x) { return std::tanh(x); })},
      {"round", whole([](double x) { return std::round(x); })},
      {"floor", whole([](double x) { return std::floor(x); })},
      {"ceil", whole([](double x) { return std::ceil(x); })},
      {"div", binary(Kind::integer, [](double a, double b) { return std::floor(a / b); })},
      {"mod", binary(Kind::integer, [](double a, double b) { return a - b * std::floor(a / b); })},
      {"clamp",
       [=](const Arguments& a) {
         return map(map(a[0], a.get(1, "lower"), at_least), a.get(2, "upper"), at_most);
       }},
      {"log_mix",
       [](const Arguments& a) {
         const Tensor first = map(a[0], a[1], [](double p, double x) { return std::log(p) + x; });
         const Tensor second =
             map(a[0], a[2], [](double p, double x) { return std::log(1 - p) + x; });
         return map(first, second,
                    [](double x, double y) { return std::max(x, y) + softplus(-std::abs(x - y)); });
       }},
      {"bessel_i",
       binary(Kind::real, [](double order, double x) { return std::cyl_bessel_i(order, x); })},
      {"bessel_k",
       binary(Kind::real, [](double order, double x) { return std::cyl_bessel_k(order, x); })},
      {"logit", real([](double x) { return std::log(x / (1 - x)); })},
      {"inv_logit", real(inv_logit)},
      {"log_inv_logit", real([](double x) { return -softplus(-x); })},
      {"log1m_exp", real([](double x) { return std::log1p(-std::exp(x)); })},
      {"phi", real(standard_cdf)},
      {"inv_phi", real([](double p) { return boost::math::quantile(boost::math::normal(), p); })},
      {"erf", real([](double x) { return std::erf(x); })},
      {"erfc", real([](double x) { return std::erfc(x); })},
      {"gamma", real([](double x) { return std::tgamma(x); })},
      {"log_gamma", real([](double x) { return std::lgamma(x); })},
      {"digamma", real([](double x) { return boost::math::digamma(x); })},
      {"beta", binary(Kind::real, [](double a, double b) { return std::exp(log_beta(a, b)); })},
      {"log_beta", binary(Kind::real, log_beta)},
      {"choose", binary(Kind::real, [](double n, double k) { return std::exp(log_choose(n, k)); })},
      {"log_choose", binary(Kind::real, log_choose)},
      {"softplus", real(softplus)},
      {"relu", real([](double x) { return std::max(x, 0.0); })},
      {"gelu", real([](double x) { return x * standard_cdf(x); })},
      {"pi", constant(std::numbers::pi)},
      {"infinity", constant(std::numeric_limits<double>::infinity())},
      {"machine_epsilon", constant(std::numeric_limits<double>::epsilon())},
  };
}

}  // namespace vippl::reference
