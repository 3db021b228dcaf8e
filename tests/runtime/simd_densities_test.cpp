#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "runtime/random.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

using Real = long double;
using Point = std::vector<Real>;

struct Range {
  double lower;
  double upper;
  bool is_count = false;
};

struct Case {
  const char* name;
  simd::Density simd::Engine::*density;
  std::function<Real(const Point&)> exact;
  std::vector<Range> arguments;
  std::size_t first_slope;  // of what came before there is none
};

Real log1p_exp(Real x) { return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x)); }

const Case cases[] = {
    {"student_t",
     &simd::Engine::student_t,
     [](const Point& x) {
       const Real z = (x[0] - x[2]) / x[3];
       return lgammal(x[1] / 2 + 0.5L) - lgammal(x[1] / 2) -
              logl(x[1] * 3.14159265358979323846264L) / 2 - logl(x[3]) -
              (x[1] + 1) / 2 * log1pl(z * z / x[1]);
     },
     {{-20, 20}, {0.3, 60}, {-3, 3}, {0.1, 5}},
     0},
    {"gamma",
     &simd::Engine::gamma,
     [](const Point& x) {
       return x[1] * logl(x[2]) - lgammal(x[1]) + (x[1] - 1) * logl(x[0]) - x[2] * x[0];
     },
     {{0.01, 30}, {0.05, 40}, {0.01, 10}},
     0},
    {"poisson",
     &simd::Engine::poisson,
     [](const Point& x) { return x[0] * logl(x[1]) - x[1]; },
     {{0, 40, true}, {0.01, 60}},
     1},
    {"binomial_logit",
     &simd::Engine::binomial_logit,
     [](const Point& x) { return -x[0] * log1p_exp(-x[2]) - (x[1] - x[0]) * log1p_exp(x[2]); },
     {{0, 12, true}, {12, 40, true}, {-30, 30}},
     2},
    {"neg_binomial_2",
     &simd::Engine::neg_binomial_2,
     [](const Point& x) {
       return lgammal(x[0] + x[2]) - lgammal(x[2]) - x[2] * log1pl(x[1] / x[2]) -
              x[0] * log1pl(x[2] / x[1]);
     },
     {{0, 50, true}, {0.02, 80}, {0.05, 60}},
     1},
    {"neg_binomial_2_log",
     &simd::Engine::neg_binomial_2_log,
     [](const Point& x) {
       const Real logit = x[1] - logl(x[2]);
       return lgammal(x[0] + x[2]) - lgammal(x[2]) - x[2] * log1p_exp(logit) -
              x[0] * log1p_exp(-logit);
     },
     {{0, 50, true}, {-6, 6}, {0.05, 60}},
     1},
};

Real slope(const Case& c, Point x, std::size_t k) {
  const Real step = 1e-4L * (fabsl(x[k]) < 1 ? fabsl(x[k]) : 1);
  const auto at = [&](Real shift) {
    Point other = x;
    other[k] += shift;
    return c.exact(other);
  };
  return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
}

// Some arguments are one for all, others take turns as the lanes of a number do, others differ.
enum class Layout { one, lanes, many };

std::vector<double> column(const Range& range, Layout layout, std::size_t count, Rng& rng) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const double u = range.lower + (range.upper - range.lower) * rng.uniform();
    values.push_back(range.is_count ? std::floor(u) : u);
    if (layout == Layout::one) values[i] = values[0];
    if (layout == Layout::lanes && i >= 8) values[i] = values[i - 8];
  }
  return values;
}

}  // namespace

TEST_CASE("densities of the vector engine against long doubles") {
  Rng rng(5, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    for (const Case& c : cases) {
      const std::size_t arguments = c.arguments.size();
      for (int round = 0; round < 12; ++round) {
        const std::size_t count = round % 3 == 0 ? 3 : 83;
        std::vector<std::vector<double>> columns;
        std::vector<simd::Argument> in;
        for (std::size_t k = 0; k < arguments; ++k) {
          const auto layout = static_cast<Layout>((static_cast<std::size_t>(round) + k) % 3);
          columns.push_back(column(c.arguments[k], layout, count, rng));
          in.push_back({columns[k].data(), layout == Layout::one ? 0 : 1});
        }
        std::vector<double> values(count);
        std::vector<std::vector<double>> slopes(arguments, std::vector<double>(count));
        std::vector<double*> partials;
        for (std::size_t k = 0; k < arguments; ++k)
          partials.push_back(k < c.first_slope ? nullptr : slopes[k].data());
        (engines.table[e]->*c.density)(count, in.data(), values.data(), partials.data());
        for (std::size_t i = 0; i < count; ++i) {
          Point x;
          for (std::size_t k = 0; k < arguments; ++k) x.push_back(columns[k][i]);
          INFO(engines.table[e]->name, ", ", c.name, ", round ", round, ", element ", i);
          const auto exact = static_cast<double>(c.exact(x));
          CHECK(std::abs(values[i] - exact) <= 2e-13 * (1 + std::abs(exact)));
          for (std::size_t k = c.first_slope; k < arguments; ++k) {
            CAPTURE(k);
            const auto expected = static_cast<double>(slope(c, x, k));
            CHECK(std::abs(slopes[k][i] - expected) <= 1e-10 * (1 + std::abs(expected)));
          }
        }
      }
    }
  }
}

}  // namespace vippl::runtime
