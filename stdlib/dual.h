#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "runtime/special.h"

// Forward-mode differentiation. A formula written once as a template gives its value with T =
// double and its value and N partial derivatives with T = Dual<N>; it calls the functions below by
// their plain names for either.

namespace vippl::stdlib {

using runtime::digamma;
using runtime::log_beta;
using runtime::log_choose;
using runtime::log_factorial;
using runtime::log_gamma;
using runtime::log_normal_cdf;
using std::abs;
using std::atan;
using std::cos;
using std::exp;
using std::expm1;
using std::log;
using std::log1p;
using std::pow;
using std::sin;
using std::sqrt;
using std::tanh;

/// A value with its partial derivatives by N arguments.
template <std::size_t N>
struct Dual {
  double value = 0;
  std::array<double, N> partials = {};

  Dual() = default;
  Dual(double constant) : value(constant) {}  // NOLINT(google-explicit-constructor): numbers mix in
};

/// Does `body` for each partial, written out rather than as a loop: only then does the compiler
/// keep a Dual in registers and move what is shared out of a kernel's loop.
template <std::size_t N, class Body>
void for_each_index(const Body& body) {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (body(I), ...); }
  (std::make_index_sequence<N>());
}

/// The function value `value` at x, whose derivative there is `slope`.
template <std::size_t N>
Dual<N> chain(const Dual<N>& x, double value, double slope) {
  Dual<N> result(value);
  for_each_index<N>([&](std::size_t i) { result.partials[i] = slope * x.partials[i]; });
  return result;
}

/// The same for a function of two arguments.
template <std::size_t N>
Dual<N> chain(const Dual<N>& x, const Dual<N>& y, double value, double slope_x, double slope_y) {
  Dual<N> result(value);
  for_each_index<N>([&](std::size_t i) {
    result.partials[i] = slope_x * x.partials[i] + slope_y * y.partials[i];
  });
  return result;
}

template <std::size_t N>
Dual<N> operator-(const Dual<N>& x) {
  return chain(x, -x.value, -1);
}
template <std::size_t N>
Dual<N> operator+(const Dual<N>& x, const Dual<N>& y) {
  return chain(x, y, x.value + y.value, 1, 1);
}
template <std::size_t N>
Dual<N> operator+(const Dual<N>& x, double y) {
  return chain(x, x.value + y, 1);
}
template <std::size_t N>
Dual<N> operator+(double x, const Dual<N>& y) {
  return y + x;
}
template <std::size_t N>
Dual<N> operator-(const Dual<N>& x, const Dual<N>& y) {
  return chain(x, y, x.value - y.value, 1, -1);
}
template <std::size_t N>
Dual<N> operator-(const Dual<N>& x, double y) {
  return chain(x, x.value - y, 1);
}
template <std::size_t N>
Dual<N> operator-(double x, const Dual<N>& y) {
  return chain(y, x - y.value, -1);
}
template <std::size_t N>
Dual<N> operator*(const Dual<N>& x, const Dual<N>& y) {
  return chain(x, y, x.value * y.value, y.value, x.value);
}
template <std::size_t N>
Dual<N> operator*(const Dual<N>& x, double y) {
  return chain(x, x.value * y, y);
}
template <std::size_t N>
Dual<N> operator*(double x, const Dual<N>& y) {
  return y * x;
}
template <std::size_t N>
Dual<N> operator/(const Dual<N>& x, const Dual<N>& y) {
  const double ratio = x.value / y.value;
  return chain(x, y, ratio, 1 / y.value, -ratio / y.value);
}
template <std::size_t N>
Dual<N> operator/(const Dual<N>& x, double y) {
  return chain(x, x.value / y, 1 / y);
}
template <std::size_t N>
Dual<N> operator/(double x, const Dual<N>& y) {
  const double ratio = x / y.value;
  return chain(y, ratio, -ratio / y.value);
}

template <std::size_t N>
Dual<N> exp(const Dual<N>& x) {
  const double value = std::exp(x.value);
  return chain(x, value, value);
}
template <std::size_t N>
Dual<N> expm1(const Dual<N>& x) {
  return chain(x, std::expm1(x.value), std::exp(x.value));
}
template <std::size_t N>
Dual<N> log(const Dual<N>& x) {
  return chain(x, std::log(x.value), 1 / x.value);
}
template <std::size_t N>
Dual<N> log1p(const Dual<N>& x) {
  return chain(x, std::log1p(x.value), 1 / (1 + x.value));
}
template <std::size_t N>
Dual<N> sqrt(const Dual<N>& x) {
  const double value = std::sqrt(x.value);
  return chain(x, value, 0.5 / value);
}
template <std::size_t N>
Dual<N> abs(const Dual<N>& x) {
  return chain(x, std::abs(x.value), x.value < 0 ? -1 : 1);
}
template <std::size_t N>
Dual<N> sin(const Dual<N>& x) {
  return chain(x, std::sin(x.value), std::cos(x.value));
}
template <std::size_t N>
Dual<N> cos(const Dual<N>& x) {
  return chain(x, std::cos(x.value), -std::sin(x.value));
}
template <std::size_t N>
Dual<N> tanh(const Dual<N>& x) {
  const double value = std::tanh(x.value);
  return chain(x, value, 1 - value * value);
}
template <std::size_t N>
Dual<N> atan(const Dual<N>& x) {
  return chain(x, std::atan(x.value), 1 / (1 + x.value * x.value));
}
template <std::size_t N>
Dual<N> pow(const Dual<N>& x, const Dual<N>& y) {
  const double value = std::pow(x.value, y.value);
  return chain(x, y, value, y.value * std::pow(x.value, y.value - 1), value * std::log(x.value));
}
template <std::size_t N>
Dual<N> pow(const Dual<N>& x, double y) {
  return chain(x, std::pow(x.value, y), y * std::pow(x.value, y - 1));
}
template <std::size_t N>
Dual<N> log_gamma(const Dual<N>& x) {
  return chain(x, runtime::log_gamma(x.value), runtime::digamma(x.value));
}
template <std::size_t N>
Dual<N> digamma(const Dual<N>& x) {
  return chain(x, runtime::digamma(x.value), runtime::trigamma(x.value));
}
template <std::size_t N>
Dual<N> log_beta(const Dual<N>& a, const Dual<N>& b) {
  const double both = runtime::digamma(a.value + b.value);
  return chain(a, b, runtime::log_beta(a.value, b.value), runtime::digamma(a.value) - both,
               runtime::digamma(b.value) - both);
}

template <std::size_t N>
Dual<N> log_normal_cdf(const Dual<N>& x) {
  return chain(x, runtime::log_normal_cdf(x.value), std::exp(-runtime::log_mills(-x.value)));
}

inline double value_of(double x) { return x; }
template <std::size_t N>
double value_of(const Dual<N>& x) {
  return x.value;
}

/// log(1 + exp(x)) without overflow.
template <class T>
T log1p_exp(const T& x) {
  return value_of(x) > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/// x log(y), and 0 where x is 0, whatever y.
template <class X, class Y>
auto x_log_y(const X& x, const Y& y) -> decltype(x * log(y)) {
  if (value_of(x) == 0) return 0.0;
  return x * log(y);
}

}  // namespace vippl::stdlib
