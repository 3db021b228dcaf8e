#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "stdlib/registry.h"
#include "tests/stdlib/distribution_integral.h"
#include "tests/stdlib/distribution_points.h"

using namespace vippl;
using runtime::Distribution;
using runtime::KernelArgument;
using runtime::ScalarKernel;
using tests::distributions_with_tails;
using tests::log_tail;
using tests::ScalarPoint;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// A tail at one point: its log and the partials.
struct Tail {
  double value = 0;
  std::vector<double> partials;
};

Tail tail(ScalarKernel kernel, const ScalarPoint& point) {
  std::vector<KernelArgument> arguments;
  Tail result;
  result.partials.resize(point.size());
  std::vector<double*> partials;
  for (std::size_t k = 0; k < point.size(); ++k) {
    arguments.push_back({&point[k], 0});
    partials.push_back(&result.partials[k]);
  }
  kernel(1, arguments.data(), &result.value, partials.data());
  return result;
}

std::span<const double> parameters_of(const ScalarPoint& point) {
  return std::span<const double>(point).subspan(1);
}

ScalarPoint with_value(ScalarPoint point, double y) {
  point[0] = y;
  return point;
}

/// Points in the middle, and for the same parameters far out in both tails.
std::vector<ScalarPoint> points_everywhere(const Distribution& distribution, std::size_t count) {
  std::vector<ScalarPoint> points;
  for (const ScalarPoint& point : tests::interior_points(distribution, count)) {
    points.push_back(point);
    const auto quantile = [&](double p) { return distribution.quantile(p, parameters_of(point)); };
    const auto [lower, upper] = tests::ends(distribution, point);
    const bool continuous = tests::is_continuous(distribution, 0);
    const double median = quantile(0.5);
    // Next to a bound other than 0 there is no number so far out.
    const double low = quantile(1e-20);
    if (continuous && low > lower) points.push_back(with_value(point, low));
    double far = median + 15 * (quantile(0.99) - median);
    if (far >= upper) far = continuous ? upper - 1e-6 * (upper - median) : upper - 1;
    if (far > lower) points.push_back(with_value(point, far));
  }
  return points;
}

/// Fourth order; `f` as a function of a step.
template <class F>
double central_difference(const F& f, double h) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

}  // namespace

TEST_CASE("tails come with quantiles, and the signature says so") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    INFO(distribution->facts.name);
    const bool has_tails = distribution->log_cdf != nullptr;
    CHECK(has_tails == (distribution->log_ccdf != nullptr));
    CHECK(has_tails == (distribution->quantile != nullptr));
    CHECK(has_tails == distribution->facts.has_cdf);
    CHECK((distribution->mean != nullptr) == (distribution->variance != nullptr));
  }
}

TEST_CASE("of distributions of a number, these alone have no tails") {
  std::vector<std::string_view> without;
  for (const Distribution* distribution : stdlib::registry().distributions())
    if (distribution->kernel != nullptr && distribution->log_cdf == nullptr)
      without.push_back(distribution->facts.name);
  CHECK(without == std::vector<std::string_view>{"flat", "von_mises"});
}

TEST_CASE("the two tails are the whole, with and without partials") {
  for (const Distribution* distribution : distributions_with_tails()) {
    for (const ScalarPoint& point : points_everywhere(*distribution, 20)) {
      INFO(distribution->facts.name, " at ", point[0], ", first parameter ", point[1]);
      const double lower = log_tail(distribution->log_cdf, point);
      const double upper = log_tail(distribution->log_ccdf, point);
      CHECK(std::exp(lower) + std::exp(upper) == doctest::Approx(1).epsilon(1e-12));
      CHECK(tail(distribution->log_cdf, point).value == lower);
      CHECK(tail(distribution->log_ccdf, point).value == upper);
    }
  }
}

TEST_CASE("the slope of a tail by the value is the density") {
  for (const Distribution* distribution : distributions_with_tails()) {
    if (!tests::is_continuous(*distribution, 0)) continue;
    for (const ScalarPoint& point : points_everywhere(*distribution, 20)) {
      INFO(distribution->facts.name, " at ", point[0], ", first parameter ", point[1]);
      const double log_density = tests::log_density(*distribution, point);
      for (bool is_lower : {true, false}) {
        CAPTURE(is_lower);
        const Tail found = tail(is_lower ? distribution->log_cdf : distribution->log_ccdf, point);
        const double expected = std::exp(log_density - found.value) * (is_lower ? 1 : -1);
        CHECK(std::abs(found.partials[0] - expected) <= 1e-9 * std::abs(expected) + 1e-300);
      }
    }
  }
}

TEST_CASE("the tails of counts differ by the chances of the counts between") {
  for (const Distribution* distribution : distributions_with_tails()) {
    if (tests::is_continuous(*distribution, 0)) continue;
    for (const ScalarPoint& point : points_everywhere(*distribution, 20)) {
      INFO(distribution->facts.name, " at ", point[0], ", first parameter ", point[1]);
      const double mass = std::exp(tests::log_density(*distribution, point));
      const ScalarPoint before = with_value(point, point[0] - 1);
      for (ScalarKernel kernel : {distribution->log_cdf, distribution->log_ccdf}) {
        const double here = std::exp(log_tail(kernel, point));
        const double change = std::abs(here - std::exp(log_tail(kernel, before)));
        CHECK(std::abs(change - mass) <= 1e-11 * (mass + here));
        CHECK(log_tail(kernel, with_value(point, point[0] + 0.5)) ==
              (point[0] < tests::ends(*distribution, point).upper ? log_tail(kernel, point)
               : kernel == distribution->log_cdf                  ? 0
                                                                  : -infinity));
        CHECK(tail(kernel, point).partials[0] == 0);
      }
    }
  }
}

TEST_CASE("the slopes of tails by the parameters agree with differences") {
  for (const Distribution* distribution : distributions_with_tails()) {
    for (const ScalarPoint& point : points_everywhere(*distribution, 20)) {
      for (ScalarKernel kernel : {distribution->log_cdf, distribution->log_ccdf}) {
        const Tail found = tail(kernel, point);
        for (std::size_t k = 1; k < point.size(); ++k) {
          INFO(distribution->facts.name, ", argument ", k, " at ", point[k], ", value ", point[0],
               kernel == distribution->log_cdf ? ", lower" : ", upper");
          if (!tests::is_continuous(*distribution, k) || found.value == -infinity) {
            CHECK(found.partials[k] == 0);
            continue;
          }
          const auto along = [&](double h) {
            ScalarPoint other = point;
            other[k] += h;
            return log_tail(kernel, other);
          };
          // Inside the domains, whose margins are relative, and short of the value, which may be
          // as near as 1e-6 to a parameter that bounds it.
          const double room = std::min(std::abs(point[k]), 0.05);
          const double gap = std::abs(point[0] - point[k]);
          const double step = std::min(1e-3 * room + 1e-6, 0.01 * gap + (gap == 0 ? 1e-6 : 0));
          const double expected = central_difference(along, step);
          const double rounding =
              4 * epsilon * (std::abs(found.value) + std::abs(point[k] * expected)) / step;
          CHECK(std::abs(found.partials[k] - expected) <=
                1e-6 * (1 + std::abs(expected)) + rounding);
        }
      }
    }
  }
}

TEST_CASE("quantiles invert the distribution function") {
  for (const Distribution* distribution : distributions_with_tails()) {
    if (!tests::is_continuous(*distribution, 0)) continue;
    for (const ScalarPoint& interior : tests::interior_points(*distribution, 10)) {
      for (double p : {1e-40, 1e-12, 0.03, 0.49, 0.5, 0.9, 1 - 1e-6}) {
        INFO(distribution->facts.name, ", p ", p, ", first parameter ", interior[1]);
        const double y = distribution->quantile(p, parameters_of(interior));
        const auto [lower, upper] = tests::ends(*distribution, interior);
        if (y == lower || y == upper) continue;  // nearer to it than any other number
        const ScalarPoint point = with_value(interior, y);
        const Tail found = tail(p < 0.7 ? distribution->log_cdf : distribution->log_ccdf, point);
        const double expected = p < 0.7 ? std::log(p) : std::log1p(-p);
        // The quantile is a rounded number, next to parameters of some size.
        double size = std::abs(y);
        for (double parameter : interior) size = std::max(size, std::abs(parameter));
        const double rounding = 8 * epsilon * size * std::abs(found.partials[0]);
        CHECK(std::abs(found.value - expected) <= 1e-9 + rounding);
      }
    }
  }
}

TEST_CASE("quantiles of numbers folded at 0 keep their digits where squares underflow") {
  const auto quantile = [](std::string_view name, std::vector<double> parameters) {
    return stdlib::registry().distribution(name)->quantile(1e-200, parameters);
  };
  CHECK(quantile("half_normal", {3}) / 1e-200 == doctest::Approx(3 * 1.2533141373155001));
  CHECK(quantile("half_cauchy", {3}) / 1e-200 == doctest::Approx(3 * 1.5707963267948966));
  CHECK(quantile("half_student_t", {1, 3}) / 1e-200 == doctest::Approx(3 * 1.5707963267948966));
}

TEST_CASE("quantiles of counts are the smallest counts that reach the chance") {
  for (const Distribution* distribution : distributions_with_tails()) {
    if (tests::is_continuous(*distribution, 0)) continue;
    for (const ScalarPoint& interior : tests::interior_points(*distribution, 10)) {
      const auto log_cdf = [&](double y) {
        return log_tail(distribution->log_cdf, with_value(interior, y));
      };
      for (double p : {1e-9, 0.03, 0.3, 0.5, 0.9, 1 - 1e-9}) {
        INFO(distribution->facts.name, ", p ", p, ", first parameter ", interior[1]);
        const double y = distribution->quantile(p, parameters_of(interior));
        CHECK(std::floor(y) == y);
        CHECK(log_cdf(y) >= std::log(p) - 1e-9);
        CHECK(log_cdf(y - 1) < std::log(p));
      }
      if (tests::log_density(*distribution, interior) > -20) {
        const double p = std::exp(log_cdf(interior[0]));
        INFO(distribution->facts.name, ", of the chance of at most ", interior[0]);
        if (p < 1) CHECK(distribution->quantile(p, parameters_of(interior)) == interior[0]);
      }
    }
  }
}

TEST_CASE("the quantiles of 0 and 1 are the ends of the support") {
  for (const Distribution* distribution : distributions_with_tails()) {
    for (const ScalarPoint& point : tests::interior_points(*distribution, 3)) {
      INFO(distribution->facts.name);
      const auto [lower, upper] = tests::ends(*distribution, point);
      const double least = distribution->quantile(0, parameters_of(point));
      const double greatest = distribution->quantile(1, parameters_of(point));
      // The support that a signature can tell may be wider (hypergeometric).
      const bool is_wide = distribution->facts.name == "hypergeometric";
      CHECK((is_wide ? least >= lower : least == lower));
      CHECK((is_wide ? greatest <= upper : greatest == upper));
    }
  }
}

TEST_CASE("tails are monotone") {
  for (const Distribution* distribution : distributions_with_tails()) {
    for (const ScalarPoint& point : tests::interior_points(*distribution, 5)) {
      const double from = distribution->quantile(1e-4, parameters_of(point));
      const double to = distribution->quantile(1 - 1e-4, parameters_of(point));
      double lower = -infinity;
      double upper = 0;
      for (int i = 0; i <= 60; ++i) {
        const ScalarPoint at = with_value(point, from + (to - from) * i / 60);
        INFO(distribution->facts.name, " at ", at[0], ", first parameter ", point[1]);
        const double next_lower = log_tail(distribution->log_cdf, at);
        const double next_upper = log_tail(distribution->log_ccdf, at);
        CHECK(next_lower >= lower - 1e-14);
        CHECK(next_upper <= upper + 1e-14);
        lower = next_lower;
        upper = next_upper;
      }
    }
  }
}

TEST_CASE("tails are known beyond the support, and nowhere where a parameter is illegal") {
  const auto check = [](ScalarKernel kernel, const ScalarPoint& point, double expected) {
    const Tail found = tail(kernel, point);
    CHECK(found.value == expected);
    for (double partial : found.partials) CHECK(partial == 0);
  };
  for (const Distribution* distribution : distributions_with_tails()) {
    INFO(distribution->facts.name);
    const ScalarPoint point = tests::interior_points(*distribution, 1)[0];
    const auto [lower, upper] = tests::ends(*distribution, point);
    for (double y : {-infinity, lower - 1}) {
      check(distribution->log_cdf, with_value(point, y), -infinity);
      check(distribution->log_ccdf, with_value(point, y), 0);
    }
    for (double y : {infinity, upper + 1}) {
      check(distribution->log_cdf, with_value(point, y), 0);
      check(distribution->log_ccdf, with_value(point, y), -infinity);
    }
    for (std::size_t k = 0; k < point.size(); ++k) {
      ScalarPoint other = point;
      other[k] = not_a_number;
      CHECK(std::isnan(log_tail(distribution->log_cdf, other)));
      CHECK(std::isnan(log_tail(distribution->log_ccdf, other)));
      if (k == 0 || tests::support_of(*distribution, k).lower.kind == lang::Bound::Kind::none)
        continue;
      other[k] = -100;  // all parameters with a lower bound exceed this
      check(distribution->log_cdf, other, -infinity);
      check(distribution->log_ccdf, other, -infinity);
    }
  }
}

TEST_CASE("means and variances agree with integrals of the density") {
  std::size_t checked = 0;
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->mean == nullptr) continue;
    for (const ScalarPoint& point : tests::interior_points(*distribution, 10)) {
      INFO(distribution->facts.name, ", first parameter ", point[1]);
      const auto [first, upper] = tests::ends(*distribution, point);
      const double lower = tests::is_continuous(*distribution, 0) ? first : first - 1;
      const double mean = distribution->mean(parameters_of(point));
      const double variance = distribution->variance(parameters_of(point));
      CHECK(!(variance < 0));
      if (!std::isfinite(mean)) {
        CHECK(!std::isfinite(variance));
        continue;
      }
      if (!tests::is_resolved(*distribution, point)) continue;
      // The rule stops short where the integrand falls hardly faster than 1 / y.
      const double tolerance = std::isfinite(variance) ? 1e-6 : 1e-3;
      CHECK(tests::expectation(*distribution, point, lower, upper, [](double y) { return y; }) ==
            doctest::Approx(mean).epsilon(tolerance));
      if (!std::isfinite(variance)) continue;
      ++checked;
      const double square = tests::expectation(*distribution, point, lower, upper,
                                               [&](double y) { return (y - mean) * (y - mean); });
      CHECK(square == doctest::Approx(variance).epsilon(1e-5));
    }
  }
  CHECK(checked > 300);
}

TEST_CASE("moments that do not exist are infinite or no number") {
  const auto mean = [](std::string_view name, std::vector<double> parameters) {
    return stdlib::registry().distribution(name)->mean(parameters);
  };
  const auto variance = [](std::string_view name, std::vector<double> parameters) {
    return stdlib::registry().distribution(name)->variance(parameters);
  };
  CHECK(std::isnan(mean("cauchy", {0, 1})));
  CHECK(std::isnan(variance("cauchy", {0, 1})));
  CHECK(std::isnan(mean("student_t", {1, 0, 1})));
  CHECK(variance("student_t", {2, 0, 1}) == infinity);
  CHECK(std::isnan(variance("student_t", {1, 0, 1})));
  CHECK(mean("half_cauchy", {1}) == infinity);
  CHECK(mean("half_student_t", {1, 1}) == infinity);
  CHECK(variance("half_student_t", {2, 1}) == infinity);
  for (std::string_view name : {"inverse_gamma", "frechet", "log_logistic", "pareto", "lomax"}) {
    CAPTURE(name);
    CHECK(mean(name, {1, 1}) == infinity);
    CHECK(variance(name, {2, 1}) == infinity);
  }
  CHECK(mean("inverse_chi_square", {2}) == infinity);
  CHECK(variance("inverse_chi_square", {4}) == infinity);
  CHECK(mean("scaled_inverse_chi_square", {2, 1}) == infinity);
  CHECK(variance("scaled_inverse_chi_square", {4, 1}) == infinity);
}

TEST_CASE("a tail kernel serves any layout of its arguments and any choice of partials") {
  const Distribution& gamma = *stdlib::registry().distribution("gamma");
  const double y[] = {1.5, -1, 40};
  const double shape[] = {2, 2, 3};
  const double rate = 3;
  const KernelArgument arguments[] = {{y, 1}, {shape, 1}, {&rate, 0}};
  double values[3];
  double by_shape[3];
  double* partials[] = {nullptr, by_shape, nullptr};
  gamma.log_ccdf(3, arguments, values, partials);
  for (std::size_t i = 0; i < 3; ++i) {
    const Tail alone = tail(gamma.log_ccdf, {y[i], shape[i], rate});
    CHECK(values[i] == alone.value);
    CHECK(by_shape[i] == alone.partials[1]);
  }
  CHECK(values[1] == 0);
  gamma.log_ccdf(0, arguments, nullptr, partials);
}
