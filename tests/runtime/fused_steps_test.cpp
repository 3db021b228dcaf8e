#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "runtime/random.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

using simd::Strided;

// One number for all, one per lane, one per element, or all different.
Strided view(const std::vector<double>& numbers, int layout, std::size_t lanes) {
  const std::size_t lane = lanes == 1 ? 0 : 1;
  switch (layout) {
    case 0:
      return {numbers.data(), 0, 0};
    case 1:
      return {numbers.data(), 0, lane};
    case 2:
      return {numbers.data(), 1, 0};
    default:
      return {numbers.data(), lanes, lane};
  }
}

double at(const Strided& x, std::size_t i, std::size_t l) {
  return x.data[i * x.element + l * x.lane];
}

}  // namespace

TEST_CASE("a product is added in all layouts, for any number of points, special values too") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double special[] = {
      0.0,    -0.0,   infinity, -infinity, std::numeric_limits<double>::quiet_NaN(),
      5e-324, 1e-310, 1e308,    -1e308};
  Rng rng(13, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    for (const std::size_t lanes : {1, 3, 8}) {
      for (const std::size_t elements : {1, 3, 4, 13, 64}) {
        for (int layouts = 0; layouts < 64; ++layouts) {
          std::vector<double> numbers[3];
          Strided views[3];
          for (int k = 0; k < 3; ++k) {
            numbers[k].resize(elements * lanes);
            rng.fill_normal(numbers[k]);
            if (layouts % 3 == 0) numbers[k][rng.index(elements * lanes)] = special[rng.index(9)];
            views[k] = view(numbers[k], layouts >> (2 * k) & 3, lanes);
          }
          const double factor = layouts % 2 == 0 ? 1 : -1;
          std::vector<double> out(elements * lanes);
          engines.table[e]->fused.add_product(elements, lanes, views[0], factor, views[1], views[2],
                                              out.data());
          for (std::size_t i = 0; i < elements; ++i) {
            for (std::size_t l = 0; l < lanes; ++l) {
              const double x = at(views[0], i, l);
              const double product = at(views[1], i, l) * at(views[2], i, l);
              const double expected = x + factor * product;
              const double result = out[i * lanes + l];
              INFO(engines.table[e]->name, ", ", elements, " x ", lanes, ", layouts ", layouts);
              const double rounding = 4e-16 * (std::abs(x) + std::abs(product));
              const bool is_same =
                  std::isnan(expected)
                      ? std::isnan(result)
                      : result == expected || std::abs(result - expected) <= rounding;
              CHECK(is_same);
            }
          }
        }
      }
    }
  }
}

}  // namespace vippl::runtime
