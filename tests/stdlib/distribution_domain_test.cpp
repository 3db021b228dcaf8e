#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "stdlib/registry.h"
#include "tests/stdlib/distribution_points.h"

using namespace vippl;
using runtime::Distribution;
using runtime::EventArgument;
using runtime::KernelArgument;
using tests::EventPoint;
using tests::ScalarPoint;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Values that a support with these bounds at this point does not hold.
std::vector<double> illegal_values(const lang::Support& support, const ScalarPoint& point) {
  std::vector<double> values;
  const auto add_beyond = [&](const lang::Bound& bound, double outwards) {
    if (bound.kind == lang::Bound::Kind::none) return;
    const double at = bound.kind == lang::Bound::Kind::parameter
                          ? point[static_cast<std::size_t>(bound.value) + 1]
                          : bound.value;
    values.push_back(at + outwards);
    values.push_back(outwards * infinity);
    if (bound.open) values.push_back(at);
  };
  add_beyond(support.lower, -1);
  add_beyond(support.upper, 1);
  if (support.is_discrete()) values.push_back(point[0] == 0 ? 0.5 : 1.5);
  return values;
}

void check_outside(const Distribution& distribution, const ScalarPoint& point) {
  CHECK(tests::log_density(distribution, point) == -infinity);
  for (double partial : tests::gradient(distribution, point)) CHECK(partial == 0);
}

const Distribution& find(std::string_view name) { return *stdlib::registry().distribution(name); }

}  // namespace

TEST_CASE("every distribution of a number: -infinity and no slope outside the domains") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->kernel == nullptr) continue;
    for (const ScalarPoint& point : tests::interior_points(*distribution, 5)) {
      CHECK(std::isfinite(tests::log_density(*distribution, point)));
      for (std::size_t k = 0; k < point.size(); ++k) {
        for (double value : illegal_values(tests::support_of(*distribution, k), point)) {
          INFO(distribution->facts.name, ", argument ", k, " = ", value);
          ScalarPoint other = point;
          other[k] = value;
          check_outside(*distribution, other);
        }
      }
    }
  }
}

TEST_CASE("every distribution of a number: NaN in any argument gives NaN") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->kernel == nullptr) continue;
    const ScalarPoint point = tests::interior_points(*distribution, 1)[0];
    for (std::size_t k = 0; k < point.size(); ++k) {
      INFO(distribution->facts.name, ", argument ", k);
      ScalarPoint other = point;
      other[k] = not_a_number;
      CHECK(std::isnan(tests::log_density(*distribution, other)));
    }
  }
}

TEST_CASE("one illegal element leaves its neighbours alone") {
  const Distribution& gamma = find("gamma");
  const double y[] = {1.5, -1, 2.5, not_a_number};
  const double shape[] = {2, 2, -2, 2};
  const double rate = 3;
  const KernelArgument arguments[] = {{y, 1}, {shape, 1}, {&rate, 0}};
  double values[4];
  double by_y[4];
  double* partials[] = {by_y, nullptr, nullptr};
  gamma.kernel(4, arguments, values, partials);
  CHECK(values[0] == doctest::Approx(tests::log_density(gamma, {1.5, 2, 3})));
  CHECK(by_y[0] == doctest::Approx(1 / 1.5 - 3));
  CHECK(values[1] == -infinity);
  CHECK(by_y[1] == 0);
  CHECK(values[2] == -infinity);
  CHECK(by_y[2] == 0);
  CHECK(std::isnan(values[3]));
}

TEST_CASE("an infinite value has density 0") {
  check_outside(find("normal"), {infinity, 0, 1});
  check_outside(find("normal"), {0, -infinity, 1});
  check_outside(find("exponential"), {infinity, 1});
}

TEST_CASE("chances of 0 and 1 are legal and exact") {
  CHECK(tests::log_density(find("bernoulli"), {0, 0}) == 0);
  CHECK(tests::log_density(find("bernoulli"), {1, 1}) == 0);
  check_outside(find("bernoulli"), {1, 0});
  CHECK(tests::log_density(find("binomial"), {0, 5, 0}) == 0);
  CHECK(tests::log_density(find("binomial"), {5, 5, 1}) == 0);
  check_outside(find("binomial"), {1, 5, 0});
}

TEST_CASE("an empty call writes nothing") {
  const KernelArgument arguments[] = {{nullptr, 1}, {nullptr, 1}, {nullptr, 1}};
  double* partials[] = {nullptr, nullptr, nullptr};
  find("normal").kernel(0, arguments, nullptr, partials);
  find("cauchy").kernel(0, arguments, nullptr, partials);
}

TEST_CASE("vectors and matrices off their supports have density 0") {
  struct Case {
    std::string_view name;
    EventPoint point;
  };
  const std::vector<Case> cases = {
      {"dirichlet", {{{0.5, 0.6}, {1, 1}}, {{2}, {2}}}},
      {"dirichlet", {{{1.5, -0.5}, {1, 1}}, {{2}, {2}}}},
      {"dirichlet", {{{0.5, 0.5}, {1, -1}}, {{2}, {2}}}},
      {"dirichlet", {{{0, 1}, {2, 2}}, {{2}, {2}}}},
      {"multi_normal", {{{0, 0}, {0, 0}, {1, 2, 2, 1}}, {{2}, {2}, {2, 2}}}},
      {"multi_normal", {{{0, 0}, {0, 0}, {1, 0.5, 0.2, 1}}, {{2}, {2}, {2, 2}}}},
      {"multi_normal", {{{infinity, 0}, {0, 0}, {1, 0, 0, 1}}, {{2}, {2}, {2, 2}}}},
      {"multi_normal_cholesky", {{{0, 0}, {0, 0}, {1, 0, 1, 0}}, {{2}, {2}, {2, 2}}}},
      {"multi_normal_cholesky", {{{0, 0}, {0, 0}, {1, 1, 0, 1}}, {{2}, {2}, {2, 2}}}},
      {"lkj_corr_cholesky", {{{1, 0, 0.6, 0.7}, {2}}, {{2, 2}, {}}}},
      {"lkj_corr_cholesky", {{{1, 0, 0.6, 0.8}, {0}}, {{2, 2}, {}}}},
      {"categorical", {{{3}, {0.5, 0.5}}, {{}, {2}}}},
      {"categorical", {{{0}, {0.5, 0.5}}, {{}, {2}}}},
      {"categorical", {{{1.5}, {0.5, 0.5}}, {{}, {2}}}},
      {"categorical", {{{1}, {0.5, 0.6}}, {{}, {2}}}},
      {"categorical", {{{1}, {0, 1}}, {{}, {2}}}},
      {"categorical_logit", {{{4}, {0, 0, 0}}, {{}, {3}}}},
      {"ordered_logistic", {{{1}, {0}, {1, 0}}, {{}, {}, {2}}}},
      {"ordered_logistic", {{{4}, {0}, {0, 1}}, {{}, {}, {2}}}},
      {"ordered_probit", {{{1}, {0}, {1, 0}}, {{}, {}, {2}}}},
      {"ordered_probit", {{{4}, {0}, {0, 1}}, {{}, {}, {2}}}},
      {"poisson_binomial", {{{3}, {0.5, 0.5}}, {{}, {2}}}},
      {"poisson_binomial", {{{1}, {0.5, 1.5}}, {{}, {2}}}},
      {"poisson_binomial", {{{0}, {0.5, 1}}, {{}, {2}}}},
      {"multinomial", {{{1, 1}, {3}, {0.5, 0.5}}, {{2}, {}, {2}}}},
      {"multinomial", {{{1, 1}, {2}, {0, 1}}, {{2}, {}, {2}}}},
      {"multinomial_logit", {{{1, 1}, {3}, {0, 0}}, {{2}, {}, {2}}}},
      {"multinomial_logit", {{{1, 1}, {2}, {0, infinity}}, {{2}, {}, {2}}}},
      {"dirichlet_multinomial", {{{1.5, 0.5}, {2}, {1, 1}}, {{2}, {}, {2}}}},
      {"dirichlet_multinomial", {{{1, 1}, {2}, {1, 0}}, {{2}, {}, {2}}}},
      {"multi_normal_precision", {{{0, 0}, {0, 0}, {1, 2, 2, 1}}, {{2}, {2}, {2, 2}}}},
      {"multi_normal_precision", {{{0, infinity}, {0, 0}, {1, 0, 0, 1}}, {{2}, {2}, {2, 2}}}},
      {"multi_student_t", {{{0, 0}, {0}, {0, 0}, {1, 0, 0, 1}}, {{2}, {}, {2}, {2, 2}}}},
      {"multi_student_t", {{{0, 0}, {1}, {0, 0}, {1, 2, 2, 1}}, {{2}, {}, {2}, {2, 2}}}},
      {"multi_student_t", {{{infinity, 0}, {1}, {0, 0}, {1, 0, 0, 1}}, {{2}, {}, {2}, {2, 2}}}},
      {"wishart", {{{1, 0, 0, 1}, {1}, {1, 0, 0, 1}}, {{2, 2}, {}, {2, 2}}}},
      {"wishart", {{{1, 2, 2, 1}, {3}, {1, 0, 0, 1}}, {{2, 2}, {}, {2, 2}}}},
      {"wishart", {{{1, 0, 0, 1}, {3}, {1, 2, 2, 1}}, {{2, 2}, {}, {2, 2}}}},
      {"inverse_wishart", {{{1, 0, 0, 1}, {1}, {1, 0, 0, 1}}, {{2, 2}, {}, {2, 2}}}},
      {"inverse_wishart", {{{1, 0.5, 0.2, 1}, {3}, {1, 0, 0, 1}}, {{2, 2}, {}, {2, 2}}}},
      {"lkj_corr", {{{1, 0.6, 0.6, 1.1}, {2}}, {{2, 2}, {}}}},
      {"lkj_corr", {{{1, 1.2, 1.2, 1}, {2}}, {{2, 2}, {}}}},
      {"lkj_corr", {{{1, 0.6, 0.6, 1}, {0}}, {{2, 2}, {}}}},
      {"matrix_normal", {{{0, 0}, {0, 0}, {0}, {1, 0, 0, 1}}, {{1, 2}, {1, 2}, {1, 1}, {2, 2}}}},
      {"matrix_normal", {{{0, 0}, {0, 0}, {1}, {1, 2, 2, 1}}, {{1, 2}, {1, 2}, {1, 1}, {2, 2}}}},
      {"gaussian_random_walk", {{{0, 0}, {0}, {-1}}, {{2}, {}, {}}}},
      {"gaussian_random_walk", {{{0, infinity}, {0}, {1}}, {{2}, {}, {}}}},
      {"ar", {{{0, 0}, {0.5}, {0}, {0}}, {{2}, {1}, {}, {}}}},
      {"ar", {{{0, 0}, {infinity}, {0}, {1}}, {{2}, {1}, {}, {}}}},
      {"car", {{{0, 0}, {0, 0}, {1}, {1}, {1}, {2}}, {{2}, {2}, {}, {}, {1}, {1}}}},
      {"car", {{{0, 0}, {0, 0}, {1}, {-1}, {1}, {2}}, {{2}, {2}, {}, {}, {1}, {1}}}},
      {"car", {{{0, 0}, {0, 0}, {1}, {0.5}, {1}, {3}}, {{2}, {2}, {}, {}, {1}, {1}}}},
      {"car", {{{0, 0}, {0, 0}, {1}, {0.5}, {2}, {2}}, {{2}, {2}, {}, {}, {1}, {1}}}},
      {"car", {{{0, 0, 0}, {0, 0, 0}, {1}, {0.5}, {1}, {2}}, {{3}, {3}, {}, {}, {1}, {1}}}},
      {"icar", {{{0, 0}, {1}, {0}}, {{2}, {1}, {1}}}},
      {"icar", {{{0, infinity}, {1}, {2}}, {{2}, {1}, {1}}}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(tests::event_log_density(find(c.name), c.point) == -infinity);
    for (const std::vector<double>& gradient : tests::event_gradient(find(c.name), c.point))
      for (double slope : gradient) CHECK(slope == 0);
  }
}

TEST_CASE("NaN in a vector or matrix gives NaN") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->event_density == nullptr) continue;
    const EventPoint point = tests::event_points(*distribution, 3, 1)[0];
    for (std::size_t a = 0; a < point.arguments.size(); ++a) {
      INFO(distribution->facts.name, ", argument ", a);
      EventPoint other = point;
      other.arguments[a][0] = not_a_number;
      CHECK(std::isnan(tests::event_log_density(*distribution, other)));
    }
  }
}

TEST_CASE("rows of a call are independent, whether they share their parameters or not") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->event_density == nullptr) continue;
    const std::vector<EventPoint> points = tests::event_points(*distribution, 3, 4);
    const std::size_t argument_count = points[0].arguments.size();
    const auto rows = static_cast<runtime::Index>(points.size());
    for (unsigned shared = 0; shared < 1U << argument_count; ++shared) {
      INFO(distribution->facts.name, ", shared ", shared);
      std::vector<EventPoint> expected_points = points;
      std::vector<std::vector<double>> values(argument_count);
      std::vector<std::vector<double>> adjoints;
      std::vector<EventArgument> arguments;
      for (std::size_t a = 0; a < argument_count; ++a) {
        const bool is_shared = (shared >> a & 1) != 0;
        for (EventPoint& point : expected_points) {
          if (is_shared) point.arguments[a] = points[0].arguments[a];
          values[a].insert(values[a].end(), point.arguments[a].begin(), point.arguments[a].end());
        }
        adjoints.emplace_back(values[a].size());
        arguments.push_back(
            {values[a].data(), nullptr,
             is_shared ? 0 : static_cast<runtime::Index>(points[0].arguments[a].size()),
             points[0].extents[a]});
      }
      for (std::size_t a = 0; a < argument_count; ++a) arguments[a].adjoint = adjoints[a].data();
      const std::vector<double> weights = {1, -0.5, 2, 0.25};
      std::vector<double> results(points.size());
      std::vector<double> scratch(
          static_cast<std::size_t>(distribution->event_scratch(rows, arguments)));
      distribution->event_density(
          {rows, arguments, results.data(), weights.data(), scratch.data()});

      for (std::size_t a = 0; a < argument_count; ++a) {
        std::vector<double> expected(adjoints[a].size());
        const std::size_t size = points[0].arguments[a].size();
        for (std::size_t r = 0; r < points.size(); ++r) {
          const double alone = tests::event_log_density(*distribution, expected_points[r]);
          CHECK((results[r] == alone || results[r] == doctest::Approx(alone).epsilon(1e-12)));
          const std::vector<double> gradient =
              tests::event_gradient(*distribution, expected_points[r])[a];
          const std::size_t offset = (shared >> a & 1) != 0 ? 0 : r * size;
          for (std::size_t i = 0; i < size; ++i) expected[offset + i] += weights[r] * gradient[i];
        }
        for (std::size_t i = 0; i < expected.size(); ++i)
          CHECK(adjoints[a][i] == doctest::Approx(expected[i]).epsilon(1e-10));
      }
    }
  }
}
