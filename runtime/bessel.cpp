#include "runtime/bessel.h"

#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/quiet_boost.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Boost's series run for as long as the order is large.
constexpr double largest_order = 1e6;

// From here on a few terms of Hankel's series serve (Abramowitz & Stegun 9.7.1).
constexpr double large = 500;

/// exp(-x) I(x) times the root of 2 pi x, less 1, of order 0 or 1.
double hankel_excess(int order, double x) {
  double term = 1;
  double sum = 0;
  for (int k = 1; k <= 6; ++k) {
    term *= ((2 * k - 1) * (2 * k - 1) - 4 * order) / (8 * k * x);
    sum += term;
  }
  return sum;
}

bool is_undefined(double order, double x) {
  return std::isnan(x) || !(std::abs(order) <= largest_order);
}

}  // namespace

double bessel_i(double order, double x) {
  if (is_undefined(order, x)) return not_a_number;
  if (std::isinf(x)) return x > 0 || std::fmod(order, 2) == 0 ? infinity : -infinity;
  return boost::math::cyl_bessel_i(order, x, quiet);
}

double bessel_k(double order, double x) {
  if (is_undefined(order, x) || x < 0) return not_a_number;
  if (x == 0) return infinity;
  if (std::isinf(x)) return 0;
  return boost::math::cyl_bessel_k(order, x, quiet);
}

double log_scaled_bessel_i0(double x) {
  if (!(x >= 0)) return not_a_number;
  if (x > large) return std::log1p(hankel_excess(0, x)) - 0.5 * std::log(2 * std::numbers::pi * x);
  return std::log(std::exp(-x) * boost::math::cyl_bessel_i(0, x, quiet));
}

double log_scaled_bessel_i0_slope(double x) {
  if (!(x >= 0)) return not_a_number;
  if (x > large) {
    const double excess = hankel_excess(0, x);
    return (hankel_excess(1, x) - excess) / (1 + excess);
  }
  return boost::math::cyl_bessel_i(1, x, quiet) / boost::math::cyl_bessel_i(0, x, quiet) - 1;
}

}  // namespace vippl::runtime
