#include <doctest/doctest.h>

#include <cmath>

#include "stdlib/registry.h"
#include "tests/stdlib/distribution_points.h"

using namespace vippl;
using runtime::Distribution;
using runtime::KernelArgument;
using tests::ScalarPoint;

namespace {

/// Fourth order; `f` as a function of a step.
template <class F>
double central_difference(const F& f, double h) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

/// A step that stays inside the domains of the points, whose margins are relative.
double step_at(const Distribution& distribution, std::size_t argument, double x) {
  const lang::Support& support = tests::support_of(distribution, argument);
  const bool bounded = support.lower.kind != lang::Bound::Kind::none;
  return bounded ? 1e-3 * std::min(std::abs(x), 0.05) + 1e-6 : 1e-3;
}

/// The kernel at `copies` equal elements, with the arguments of `varying` (a bit each) laid out
/// once per element and the partials of `active` wanted.
struct Evaluation {
  std::vector<double> values;
  std::vector<std::vector<double>> partials;
};
Evaluation evaluate(const Distribution& distribution, const std::vector<ScalarPoint>& points,
                    unsigned varying, unsigned active) {
  const std::size_t count = points.size();
  const std::size_t arguments_size = points[0].size();
  std::vector<std::vector<double>> columns(arguments_size);
  Evaluation result{std::vector<double>(count), {}};
  result.partials.assign(arguments_size, std::vector<double>(count, -99));
  std::vector<KernelArgument> arguments;
  std::vector<double*> partials;
  for (std::size_t k = 0; k < arguments_size; ++k) {
    for (const ScalarPoint& point : points) columns[k].push_back(point[k]);
    arguments.push_back({columns[k].data(), (varying >> k & 1) != 0 ? 1 : 0});
    partials.push_back((active >> k & 1) != 0 ? result.partials[k].data() : nullptr);
  }
  distribution.kernel(count, arguments.data(), result.values.data(), partials.data());
  return result;
}

}  // namespace

TEST_CASE("every distribution of a number: partials agree with central differences") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->kernel == nullptr) continue;
    for (const ScalarPoint& point : tests::interior_points(*distribution, 20)) {
      const std::vector<double> partials = tests::gradient(*distribution, point);
      for (std::size_t k = 0; k < point.size(); ++k) {
        INFO(distribution->facts.name, ", argument ", k, " at ", point[k], ", value ", point[0]);
        if (!tests::is_continuous(*distribution, k)) {
          CHECK(partials[k] == 0);
          continue;
        }
        const auto along = [&](double h) {
          ScalarPoint other = point;
          other[k] += h;
          return tests::log_density(*distribution, other);
        };
        const double expected = central_difference(along, step_at(*distribution, k, point[k]));
        CHECK(std::abs(partials[k] - expected) <= 1e-6 * (1 + std::abs(expected)));
      }
    }
  }
}

// A fast kernel serves some patterns of varying and shared arguments and of wanted partials, the
// formula all others: where they disagree, this fails.
TEST_CASE("every distribution of a number: all layouts and all choices of partials give the same") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->kernel == nullptr) continue;
    for (const ScalarPoint& point : tests::interior_points(*distribution, 10)) {
      const unsigned masks = 1U << point.size();
      const double value = tests::log_density(*distribution, point);
      const std::vector<double> partials = tests::gradient(*distribution, point);
      for (unsigned varying = 0; varying < masks; ++varying) {
        for (unsigned active = 0; active < masks; ++active) {
          INFO(distribution->facts.name, ", varying ", varying, ", active ", active);
          const Evaluation all =
              evaluate(*distribution, std::vector<ScalarPoint>(5, point), varying, active);
          for (double v : all.values) CHECK(std::abs(v - value) <= 1e-12 * (1 + std::abs(value)));
          for (std::size_t k = 0; k < point.size(); ++k) {
            const double expected = (active >> k & 1) != 0 ? partials[k] : -99;
            for (double p : all.partials[k])
              CHECK(std::abs(p - expected) <= 1e-12 * (1 + std::abs(expected)));
          }
        }
      }
    }
  }
}

TEST_CASE("every distribution of a number: elements do not disturb each other") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->kernel == nullptr) continue;
    const std::vector<ScalarPoint> points = tests::interior_points(*distribution, 37);
    const unsigned all = (1U << points[0].size()) - 1;
    const Evaluation together = evaluate(*distribution, points, all, all);
    for (std::size_t i = 0; i < points.size(); ++i) {
      INFO(distribution->facts.name, ", element ", i);
      CHECK(together.values[i] ==
            doctest::Approx(tests::log_density(*distribution, points[i])).epsilon(1e-12));
      const std::vector<double> partials = tests::gradient(*distribution, points[i]);
      for (std::size_t k = 0; k < partials.size(); ++k)
        CHECK(together.partials[k][i] == doctest::Approx(partials[k]).epsilon(1e-12));
    }
  }
}

// The slope by the first rate is the ratio of two neighbouring chances, less 1: of large rates too,
// which no step of the walk above reaches.
TEST_CASE("the slopes of a skellam with large rates are ratios of its chances") {
  const Distribution& skellam = *stdlib::registry().distribution("skellam");
  for (double rate : {1e4, 0.9e8, 1.1e8, 1e9}) {
    CAPTURE(rate);
    const double far = std::floor(4 * std::sqrt(2 * rate));
    const std::vector<double> partials = tests::gradient(skellam, {far, rate, rate});
    const auto log_ratio = [&](double step) {
      return tests::log_density(skellam, {far + step, rate, rate}) -
             tests::log_density(skellam, {far, rate, rate});
    };
    CHECK(partials[1] == doctest::Approx(std::expm1(log_ratio(-1))).epsilon(1e-6));
    CHECK(partials[2] == doctest::Approx(std::expm1(log_ratio(1))).epsilon(1e-6));
  }
}

TEST_CASE("every distribution of vectors: gradients agree with differences along the supports") {
  constexpr double step = 2e-4;  // short: random covariances come close to singular ones
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->event_density == nullptr) continue;
    for (runtime::Index k : {2, 3, 5}) {
      for (const tests::EventPoint& point : tests::event_points(*distribution, k, 6)) {
        const std::vector<std::vector<double>> gradient =
            tests::event_gradient(*distribution, point);
        for (std::size_t a = 0; a < point.arguments.size(); ++a) {
          if (!tests::is_continuous(*distribution, a)) continue;
          const lang::Support& support = tests::support_of(*distribution, a);
          for (std::uint32_t direction = 0; direction < 4; ++direction) {
            INFO(distribution->facts.name, ", argument ", a, ", size ", k);
            const auto along = [&](double h) {
              tests::EventPoint other = point;
              other.arguments[a] = tests::moved(support, point.arguments[a], h, direction);
              return tests::event_log_density(*distribution, other);
            };
            double slope = 0;  // of the path that `moved` follows, times the gradient
            for (std::size_t i = 0; i < gradient[a].size(); ++i) {
              const auto element = [&](double h) {
                return tests::moved(support, point.arguments[a], h, direction)[i];
              };
              slope += gradient[a][i] * central_difference(element, step);
            }
            const double expected = central_difference(along, step);
            CHECK(std::abs(slope - expected) <= 1e-6 * (1 + std::abs(expected)));
          }
        }
      }
    }
  }
}
