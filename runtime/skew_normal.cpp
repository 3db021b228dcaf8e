#include "runtime/skew_normal.h"

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/owens_t.hpp>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <numbers>

#include "runtime/quiet_boost.h"
#include "runtime/special.h"

namespace vippl::runtime {

namespace {

// Below this Owen's function cancels against the normal probability.
constexpr double small_chance = 1e-3;

double log_density(double x, double shape) {
  return 0.5 * std::log(2 / std::numbers::pi) - 0.5 * x * x + log_normal_cdf(shape * x);
}

/// The integral of density(x - s) / density(x) over s > 0, for x below the mode. The density is
/// log-concave, so on the scale of its first two derivatives the integrand is much like exp(-s).
double relative_tail(double x, double shape, double slope, double curvature) {
  const double rate = slope + std::sqrt(curvature);
  const double at = log_density(x, shape);
  const auto integrand = [&](double w) { return std::exp(log_density(x - w / rate, shape) - at); };
  constexpr double ends[] = {0, 1, 2.5, 5, 10, 20, 45};
  double sum = 0;
  for (std::size_t i = 1; i < std::size(ends); ++i)
    sum += boost::math::quadrature::gauss<double, 20>::integrate(integrand, ends[i - 1], ends[i]);
  return sum / rate;
}

}  // namespace

SkewNormalTail log_skew_normal_cdf(double x, double shape) noexcept {
  const double direct = normal_cdf(x) - 2 * boost::math::owens_t(x, shape, quiet);
  const double hazard = std::exp(-log_mills(-shape * x));  // the derivative of log Phi at shape x
  const double slope = shape * hazard - x;
  const double log_at_x = log_density(x, shape);
  double log_chance = std::log(direct);
  if (!(direct > small_chance) && slope > 0) {
    const double curvature = 1 - shape * shape * hazard * log_mills_slope(-shape * x);
    log_chance = log_at_x + std::log(relative_tail(x, shape, slope, curvature));
  }
  const double spread = 1 + shape * shape;
  return {log_chance, std::exp(log_at_x - log_chance),
          -std::exp(-0.5 * x * x * spread - std::log(std::numbers::pi * spread) - log_chance)};
}

}  // namespace vippl::runtime
