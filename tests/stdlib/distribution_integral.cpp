#include "tests/stdlib/distribution_integral.h"

#include <algorithm>
#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>

namespace vippl::tests {

using runtime::Distribution;

namespace {

/// Where the integrand is smooth between the ends.
double smooth_integral(const std::function<double(double)>& integrand, double lower, double upper) {
  if (std::isfinite(lower) && std::isfinite(upper)) {
    // Over (-1, 1), with the distance to the nearer end: a density may be infinite there.
    static boost::math::quadrature::tanh_sinh<double> rule(12);
    const double half = 0.5 * (upper - lower);
    const auto scaled = [&](double z, double to_end) {
      if (z < -0.5) return integrand(lower - half * to_end);
      if (z > 0.5) return integrand(upper - half * to_end);
      return integrand(lower + half + half * z);
    };
    return half * rule.integrate(scaled, 1e-9);
  }
  static boost::math::quadrature::exp_sinh<double> rule(12);
  return rule.integrate(integrand, lower, upper, 1e-9);
}

double sum(const std::function<double(double)>& term, double lower, double upper) {
  constexpr double far = 1000;  // the points of the walks are nowhere near
  double total = 0;
  for (double y = std::max(lower + 1, -far); y <= std::min(upper, far); ++y) total += term(y);
  return total;
}

}  // namespace

double expectation(const Distribution& distribution, const ScalarPoint& point, double lower,
                   double upper, const std::function<double(double)>& f) {
  const auto integrand = [&](double y) {
    ScalarPoint at = point;
    at[0] = y;
    const double density = std::exp(log_density(distribution, at));
    return density == 0 ? 0 : f(y) * density;
  };
  if (!is_continuous(distribution, 0)) return sum(integrand, lower, upper);
  // Broken where a density may have a kink: at its parameters (a location), at 0 and near it (a
  // density may be infinite there), and often enough for narrow ones.
  std::vector<double> breaks = {lower, upper};
  std::vector<double> inner = {-30, -8, -2, 0, 0.1, 0.5, 2, 8, 30};
  inner.insert(inner.end(), point.begin() + 1, point.end());
  for (double x : inner)
    if (lower < x && x < upper) breaks.push_back(x);
  std::ranges::sort(breaks);
  double total = 0;
  for (std::size_t i = 1; i < breaks.size(); ++i)
    if (breaks[i - 1] < breaks[i]) total += smooth_integral(integrand, breaks[i - 1], breaks[i]);
  return total;
}

bool is_resolved(const Distribution& distribution, const ScalarPoint& point) {
  constexpr double log_negligible = -20;
  const auto [lower, upper] = ends(distribution, point);
  if (distribution.log_ccdf == nullptr || !std::isfinite(upper)) return true;
  if (!is_continuous(distribution, 0)) return true;
  const double last = std::nextafter(upper, lower);
  std::vector<runtime::KernelArgument> arguments = {{&last, 0}};
  for (std::size_t k = 1; k < point.size(); ++k) arguments.push_back({&point[k], 0});
  double log_rest = 0;
  distribution.log_ccdf(1, arguments.data(), &log_rest, nullptr);
  return log_rest < log_negligible;
}

double probability(const Distribution& distribution, const ScalarPoint& point, double lower,
                   double upper) {
  return expectation(distribution, point, lower, upper, [](double) { return 1.0; });
}

}  // namespace vippl::tests
