#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "runtime/random.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

std::vector<double> some_numbers(std::size_t count, std::uint32_t which) {
  Rng rng(1, Purpose::test, which);
  std::vector<double> numbers(count);
  rng.fill_normal(numbers);
  return numbers;
}

// Rounding of sums of so many products of standard normal numbers.
void check_close(const std::vector<double>& found, const std::vector<long double>& exact,
                 std::size_t terms) {
  for (std::size_t i = 0; i < exact.size(); ++i)
    CHECK(std::fabs(found[i] - static_cast<double>(exact[i])) <
          1e-15 * (4 + static_cast<double>(terms)));
}

void check_products(const simd::Products& products, std::size_t rows, std::size_t inner,
                    std::size_t lanes) {
  CAPTURE(rows);
  CAPTURE(inner);
  CAPTURE(lanes);
  const std::vector<double> a = some_numbers(rows * inner, 1);
  const std::vector<double> b = some_numbers(inner * lanes, 2);
  const std::vector<double> y = some_numbers(rows * lanes, 3);
  std::vector<double> forward(rows * lanes, 7);
  products.forward(rows, inner, a.data(), b.data(), forward.data());
  std::vector<double> backward = b;
  products.backward(rows, inner, a.data(), y.data(), backward.data());
  std::vector<long double> exact_forward(rows * lanes, 0);
  std::vector<long double> exact_backward(b.begin(), b.end());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < inner; ++k) {
      for (std::size_t l = 0; l < lanes; ++l) {
        const long double left = a[i * inner + k];
        exact_forward[i * lanes + l] += left * b[k * lanes + l];
        exact_backward[k * lanes + l] += left * y[i * lanes + l];
      }
    }
  }
  check_close(forward, exact_forward, inner);
  check_close(backward, exact_backward, rows);
}

}  // namespace

TEST_CASE("products of a matrix with one vector and with eight, of all sizes") {
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    CAPTURE(engines.table[e]->name);
    for (const std::size_t rows : {1, 2, 3, 4, 5, 9, 64, 131}) {
      for (std::size_t inner = 1; inner < 60; ++inner) {
        check_products(engines.table[e]->one, rows, inner, 1);
        check_products(engines.table[e]->eight, rows, inner, 8);
      }
    }
  }
}

}  // namespace vippl::runtime
