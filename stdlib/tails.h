#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>

#include "runtime/incomplete.h"
#include "stdlib/dual.h"

// What the tails of distributions (log_cdf, log_ccdf, quantile) share.

namespace vippl::stdlib {

using runtime::log_mills;

template <std::size_t N>
Dual<N> log_mills(const Dual<N>& x) {
  return chain(x, runtime::log_mills(x.value), runtime::log_mills_slope(x.value));
}

/// The logs of P(Y <= x) and P(Y > x) for Y ~ gamma(shape, 1).
inline double log_gamma_p(double shape, double x) {
  return runtime::log_gamma_p(shape, x).log_chance;
}
inline double log_gamma_q(double shape, double x) {
  return runtime::log_gamma_q(shape, x).log_chance;
}
template <std::size_t N>
Dual<N> log_gamma_p(const Dual<N>& shape, const Dual<N>& x) {
  const runtime::GammaTail tail = runtime::log_gamma_p(shape.value, x.value);
  return chain(shape, x, tail.log_chance, tail.by_shape, tail.by_x);
}
template <std::size_t N>
Dual<N> log_gamma_q(const Dual<N>& shape, const Dual<N>& x) {
  const runtime::GammaTail tail = runtime::log_gamma_q(shape.value, x.value);
  return chain(shape, x, tail.log_chance, tail.by_shape, tail.by_x);
}

/// The log of P(Y <= x) for Y ~ beta(a, b); `rest` is 1 - x. That of P(Y > x) is log_ibeta(b, a,
/// rest, x).
inline double log_ibeta(double a, double b, double x, double rest) {
  return runtime::log_ibeta(a, b, x, rest).log_chance;
}
template <std::size_t N>
Dual<N> log_ibeta(const Dual<N>& a, const Dual<N>& b, const Dual<N>& x, const Dual<N>& rest) {
  const runtime::BetaTail tail = runtime::log_ibeta(a.value, b.value, x.value, rest.value);
  Dual<N> result(tail.log_chance);
  // The derivative of the smaller one has the digits.
  const bool is_low = x.value < rest.value;
  for_each_index<N>([&](std::size_t i) {
    result.partials[i] = tail.by_a * a.partials[i] + tail.by_b * b.partials[i] +
                         tail.by_x * (is_low ? x.partials[i] : -rest.partials[i]);
  });
  return result;
}

/// log(1 - exp(x)) for x <= 0.
using runtime::log1m_exp;
template <std::size_t N>
Dual<N> log1m_exp(const Dual<N>& x) {
  // exp(-infinity) is 0, with derivatives that do not exist where x has none.
  if (x.value == -std::numeric_limits<double>::infinity()) return 0.0;
  return chain(x, log1m_exp(x.value), -1 / std::expm1(-x.value));
}

/// log(1 - exp(-exp(x))), the inverse of the complementary log-log link in logs.
template <class T>
T log_inv_cloglog(const T& x) {
  constexpr double exact_from = -37;  // below, the rest of the series is less than a rounding
  if (value_of(x) < exact_from) return x;
  return log1m_exp(-exp(x));
}

/// log(exp(a) + exp(b)).
template <class T>
T log_add_exp(const T& a, const T& b) {
  const T& large = value_of(a) < value_of(b) ? b : a;
  const T& small = value_of(a) < value_of(b) ? a : b;
  if (value_of(small) == -std::numeric_limits<double>::infinity()) return large;
  return large + log1p(exp(small - large));
}

/// `tail`, in which `y` is a constant, with the derivative `slope` by y: where the way of a tail
/// through its special functions has none (at 0, say) and the density gives it.
template <class T>
T with_slope(const T& tail, const T& y, double slope) {
  return tail + slope * (y - value_of(y));
}

/// The log of P(Y <= y) for Y ~ inverse logit: the logistic distribution function.
template <class T>
T log_inv_logit(const T& y) {
  return -log1p_exp(-y);
}

/// The log of P(Y <= z) of a standard Student's t.
template <class T>
T log_student_t_cdf(const T& df, const T& z) {
  if (value_of(z) > 0) return log1m_exp(log_student_t_cdf(df, -z));
  const double square = std::min(value_of(z) * value_of(z), 1e300);  // infinity / infinity is NaN
  const T tail =
      log_ibeta(0.5 * df, T(0.5), df / (df + square), square / (df + square)) - std::numbers::ln2;
  const double n = value_of(df);
  const double log_density =
      -log_beta(0.5 * n, 0.5) - 0.5 * std::log(n) - (0.5 * n + 0.5) * std::log1p(square / n);
  return with_slope(tail, z, std::exp(log_density - value_of(tail)));
}

/// Whether P(Y <= y) >= p, told from the smaller tail, which has the digits.
template <class Formula>
bool reaches(double y, double p, std::span<const double> parameters, double slack) {
  if (p <= 0.5) return Formula::template log_cdf<double>(y, parameters) >= std::log(p) - slack;
  return Formula::template log_ccdf<double>(y, parameters) <= std::log1p(-p) + slack;
}

/// Two numbers around a quantile: `low` does not reach p, `high` does.
struct QuantileBracket {
  double low;
  double high;
};

/// Found in growing steps from `start`; within [lower, upper], which may be infinite.
template <class Reached>
QuantileBracket quantile_bracket(const Reached& reached, double start, double step, double lower,
                                 double upper) {
  double low = start;
  double high = start;
  if (reached(start)) {
    do {
      high = low;
      low = std::max(low - step, lower);
      step *= 2;
    } while (low > lower && reached(low));
  } else {
    do {
      low = high;
      high = std::min(high + step, upper);
      step *= 2;
    } while (high < upper && !reached(high));
  }
  return {low, high};
}

/// The quantile of a continuous distribution on the numbers above `lower`, by bisection.
template <class Formula>
double search_quantile(double p, std::span<const double> parameters, double start, double step,
                       double lower) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (p == 0) return lower;
  if (p == 1) return infinity;
  const auto reached = [&](double y) { return reaches<Formula>(y, p, parameters, 0); };
  auto [low, high] = quantile_bracket(reached, start, step, lower, infinity);
  for (double middle = low + 0.5 * (high - low); low < middle && middle < high;
       middle = low + 0.5 * (high - low))
    (reached(middle) ? high : low) = middle;
  return high;
}

/// The quantile of a distribution over the whole numbers of [lower, upper], either infinite or
/// whole: the smallest y that reaches p.
template <class Formula>
double count_quantile(double p, std::span<const double> parameters, double lower, double upper) {
  if (p == 0) return lower;
  if (p == 1) return upper;
  // The chance of at most y, rounded by a sum's few steps, is meant to give back y.
  const double slack = 1e-12 + 16 * std::numeric_limits<double>::epsilon() / (1 - p);
  const auto reached = [&](double y) {
    return y >= lower && (y >= upper || reaches<Formula>(y, p, parameters, slack));
  };
  const double start = std::clamp(std::floor(Formula::mean(parameters)), lower, upper);
  const double step = 1 + std::floor(std::sqrt(Formula::variance(parameters)));
  auto [low, high] = quantile_bracket(reached, start, step, lower - 1, upper);
  for (double middle = std::floor(low + 0.5 * (high - low)); low < middle && middle < high;
       middle = std::floor(low + 0.5 * (high - low)))
    (reached(middle) ? high : low) = middle;
  return high;
}

}  // namespace vippl::stdlib
