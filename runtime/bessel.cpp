#include "runtime/bessel.h"

#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <limits>

namespace vippl::runtime {

namespace {

namespace policies = boost::math::policies;
using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>, policies::promote_double<false>>;
constexpr Quiet quiet;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Boost's series run for as long as the order is large.
constexpr double largest_order = 1e6;

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

}  // namespace vippl::runtime
