#include "runtime/special.h"

#include <array>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include "runtime/quiet_boost.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

constexpr double log_root_two_pi = 0.918938533204672741780329736406;

// From here on the asymptotic series of Mills' ratio serves (Abramowitz & Stegun 26.2.12).
constexpr double far_out = 10;

/// x times Mills' ratio, less 1.
double mills_excess(double x) {
  const double r = 1 / (x * x);
  double term = 1;
  double sum = 0;
  for (int k = 1; k < 30 && std::abs(term) > 1e-17; ++k) {
    term *= -r * (2 * k - 1);
    sum += term;
  }
  return sum;
}

bool is_pole(double x) { return x <= 0 && std::floor(x) == x; }

}  // namespace

double log_gamma(double x) noexcept {
  if (std::isinf(x) || is_pole(x)) return infinity;
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

double digamma(double x) noexcept {
  if (is_pole(x) || x == -infinity) return not_a_number;
  if (x == infinity) return infinity;
  return boost::math::digamma(x, quiet);
}

double trigamma(double x) noexcept {
  if (x == infinity) return 0;
  if (is_pole(x)) return infinity;
  if (x == -infinity) return not_a_number;
  return boost::math::trigamma(x, quiet);
}

double log_beta(double a, double b) noexcept {
  return log_gamma(a) + log_gamma(b) - log_gamma(a + b);
}

double log_factorial(double n) noexcept {
  constexpr std::size_t tabulated = 1024;
  static const std::array<double, tabulated> table = [] {
    std::array<double, tabulated> values = {};
    for (std::size_t i = 0; i < tabulated; ++i) values[i] = log_gamma(static_cast<double>(i) + 1);
    return values;
  }();
  if (n >= 0 && n < static_cast<double>(tabulated)) return table[static_cast<std::size_t>(n)];
  return log_gamma(n + 1);
}

double log_choose(double n, double k) noexcept {
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

double log_normal_cdf(double x) noexcept {
  if (x > 0) return std::log1p(-0.5 * std::erfc(x / std::numbers::sqrt2));
  if (!(x < -far_out)) return std::log(0.5 * std::erfc(-x / std::numbers::sqrt2));
  return log_mills(-x) - 0.5 * x * x - log_root_two_pi;
}

double log_mills(double x) noexcept {
  if (x > far_out) return std::log1p(mills_excess(x)) - std::log(x);
  return log_normal_cdf(-x) + 0.5 * x * x + log_root_two_pi;
}

double log_mills_slope(double x) noexcept {
  if (!(x > far_out)) return x - std::exp(-log_mills(x));
  const double excess = mills_excess(x);
  return x * excess / (1 + excess);
}

double log1m_exp(double x) noexcept {
  return x > -std::numbers::ln2 ? std::log(-std::expm1(x)) : std::log1p(-std::exp(x));
}

double normal_cdf(double x) noexcept { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double normal_quantile(double p) noexcept {
  if (!(p >= 0 && p <= 1)) return not_a_number;
  if (p == 0) return -infinity;
  if (p == 1) return infinity;
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * p, quiet);
}

}  // namespace vippl::runtime
