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

namespace vippl::runtime {

namespace {

namespace policies = boost::math::policies;
// NaN and infinity instead of exceptions, and no detour through long double, which costs twice the
// time for digits that doubles cannot hold.
using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>, policies::promote_double<false>>;
constexpr Quiet quiet;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

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

double normal_cdf(double x) noexcept { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double normal_quantile(double p) noexcept {
  if (!(p >= 0 && p <= 1)) return not_a_number;
  if (p == 0) return -infinity;
  if (p == 1) return infinity;
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * p, quiet);
}

}  // namespace vippl::runtime
