#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "runtime/degrees_of_freedom.h"
#include "runtime/random.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

using Real = long double;
using simd::Strided;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

enum class Layout { one, one_per_lane, one_per_element, many };

// Numbers of a layout, to be read as the kernel reads them.
struct Column {
  std::vector<double> numbers;
  std::size_t element = 0;
  std::size_t lane = 0;

  Column(Layout layout, std::size_t elements, std::size_t lanes, double lower, double upper,
         Rng& rng) {
    if (layout == Layout::one_per_element || layout == Layout::many)
      element = layout == Layout::many ? lanes : 1;
    if (lanes > 1 && (layout == Layout::one_per_lane || layout == Layout::many)) lane = 1;
    numbers.resize((elements - 1) * element + (lanes - 1) * lane + 1);
    for (double& x : numbers) x = lower + (upper - lower) * rng.uniform();
  }
  Strided view() const { return {numbers.data(), element, lane}; }
  double& at(std::size_t i, std::size_t l) { return numbers[i * element + l * lane]; }
};

struct Sums {
  std::size_t elements;
  std::size_t lanes;
  Column y;
  Column df;
  Column location;
  Column scale;
  std::vector<double> values, slopes, by_df, by_scale;

  // `round` chooses the layouts.
  Sums(std::size_t rows, std::size_t points, std::size_t round, Rng& rng)
      : elements(rows),
        lanes(points),
        y(round % 2 == 0 ? Layout::one_per_element : Layout::many, rows, points, -9, 9, rng),
        df(round % 3 == 0 ? Layout::one : Layout::one_per_lane, rows, points, 0.4, 60, rng),
        location(round % 4 == 3 ? Layout::one_per_lane : Layout::many, rows, points, -3, 3, rng),
        scale(static_cast<Layout>(round / 2 % 4), rows, points, 0.1, 5, rng),
        values(points, 0.25),
        slopes(rows * points),
        by_df(points),
        by_scale(rows * points) {}

  bool add(const simd::Engine& engine) {
    return engine.fused.student_t(elements, lanes, y.view(), df.view(), location.view(),
                                  scale.view(), values.data(), slopes.data(), by_df.data(),
                                  by_scale.data());
  }
};

void check_close(double x, Real exact, std::size_t terms) {
  const auto expected = static_cast<double>(exact);
  CHECK(std::abs(x - expected) <=
        4e-14 * (1 + std::abs(expected)) + 1e-15 * static_cast<double>(terms));
}

void check(Sums& sums) {
  for (std::size_t l = 0; l < sums.lanes; ++l) {
    CAPTURE(l);
    const Real df = sums.df.at(0, l);
    Real value = 0.25L;
    Real by_df = 0;
    Real by_one_scale = 0;
    for (std::size_t i = 0; i < sums.elements; ++i) {
      CAPTURE(i);
      const Real scale = sums.scale.at(i, l);
      const Real z = (sums.y.at(i, l) - Real(sums.location.at(i, l))) / scale;
      const Real log1p = log1pl(z * z / df);
      const Real slope = (df + 1) * z / (df + z * z) / scale;
      const Real by_scale = z * slope - 1 / scale;
      value -= logl(scale) + (df + 1) / 2 * log1p;
      by_df += (slope * z * scale / df - log1p) / 2;
      by_one_scale += by_scale;
      check_close(sums.slopes[i * sums.lanes + l], slope, 1);
      if (sums.scale.element != 0) check_close(sums.by_scale[i * sums.lanes + l], by_scale, 1);
    }
    check_close(sums.values[l], value, sums.elements);
    check_close(sums.by_df[l], by_df, sums.elements);
    if (sums.scale.element == 0) check_close(sums.by_scale[l], by_one_scale, sums.elements);
  }
}

}  // namespace

TEST_CASE("sums of Student's t and their slopes against long doubles, in all layouts") {
  Rng rng(6, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    for (const std::size_t lanes : {1, 8}) {
      for (const std::size_t elements : {1, 3, 4, 9, 64, 131, 512}) {
        for (std::size_t round = 0; round < 24; ++round) {
          INFO(engines.table[e]->name, ", ", elements, " x ", lanes, ", round ", round);
          Sums sums(elements, lanes, round, rng);
          REQUIRE(sums.add(*engines.table[e]));
          check(sums);
        }
      }
    }
  }
}

TEST_CASE("sums of Student's t are right however far away a row is, or are refused") {
  Rng rng(7, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    for (const std::size_t lanes : {1, 8}) {
      for (const double far : {0.0, 5e-324, 1e-300, 1e8, 1e16, -1e16}) {
        INFO(engines.table[e]->name, ", ", lanes, " points, at ", far);
        Sums sums(37, lanes, 7, rng);
        for (std::size_t i = 0; i < 30; ++i)  // more than are multiplied together
          sums.y.at(i, lanes - 1) = far;
        REQUIRE(sums.add(*engines.table[e]));
        check(sums);
      }
    }
  }
}

TEST_CASE("sums of Student's t refuse what their rounding or range would not bear") {
  Rng rng(8, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    const simd::Engine& engine = *engines.table[e];
    for (const std::size_t lanes : {1, 8}) {
      for (std::size_t i = 0; i < 11; ++i) {
        CAPTURE(i);
        const auto refuses = [&](auto change) {
          Sums sums(11, lanes, 7, rng);
          change(sums);
          return !sums.add(engine);
        };
        for (const double bad : {infinity, -infinity, not_a_number, 1e30}) {
          CAPTURE(bad);
          CHECK(refuses([&](Sums& sums) { sums.y.at(i, lanes - 1) = bad; }));
          CHECK(refuses([&](Sums& sums) { sums.location.at(i, 0) = bad; }));
        }
        for (const double bad : {0.0, -1.0, infinity, not_a_number, 5e-324, 1e-310}) {
          CAPTURE(bad);
          CHECK(refuses([&](Sums& sums) { sums.scale.at(i, lanes - 1) = bad; }));
        }
        for (const double bad : {0.0, -1.0, infinity, not_a_number, 5e-324, 1e-9, 1e6}) {
          CAPTURE(bad);
          CHECK(refuses([&](Sums& sums) { sums.df.at(i, lanes - 1) = bad; }));
        }
      }
    }
  }
}

TEST_CASE("what Student's t has of its degrees of freedom alone, remembered or not") {
  const double df[] = {1, 2.5, 0.3, 40, 1, 7, 900, 3};
  DegreesOfFreedom degrees;
  for (const std::size_t lane : {0, 1, 1, 0}) {
    for (const std::size_t lanes : {8, 1}) {
      degrees.set({df, 0, lane}, lanes, false);
      degrees.set({df, 0, lane}, lanes, true);
      for (std::size_t l = 0; l < lanes; ++l) {
        CAPTURE(l);
        const Real x = df[l * lane];
        const auto exact = [](Real v) {
          return lgammal(v / 2 + 0.5L) - lgammal(v / 2) - logl(3.14159265358979323846264L * v) / 2;
        };
        const Real step = 1e-4L * x;
        const Real slope = (8 * (exact(x + step) - exact(x - step)) -
                            (exact(x + 2 * step) - exact(x - 2 * step))) /
                           (12 * step);
        CHECK(degrees.constant(l) == doctest::Approx(static_cast<double>(exact(x))).epsilon(1e-12));
        CHECK(degrees.slope(l) == doctest::Approx(static_cast<double>(slope)).epsilon(1e-10));
      }
    }
  }
}

}  // namespace vippl::runtime
