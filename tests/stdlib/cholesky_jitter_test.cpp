// Matrices that are singular up to rounding.
#include <doctest/doctest.h>

#include <cmath>

#include "runtime/jitter.h"
#include "tests/support/function_call.h"

namespace vippl::testing {
namespace {

using runtime::Index;
using Matrix = std::vector<double>;  // row-major

/// The covariance of a smooth process at points that lie close together for its length.
Matrix smooth_covariance(Index k, double length) {
  Matrix matrix;
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < k; ++j) {
      const double distance = static_cast<double>(i - j) / static_cast<double>(k);
      matrix.push_back(4 * std::exp(-0.5 * distance * distance / (length * length)));
    }
  }
  return matrix;
}

double jitter_of(const Matrix& matrix, Index k) {
  Matrix lower(matrix.size());
  return runtime::cholesky_with_jitter(matrix.data(), k, lower.data());
}

TEST_CASE("cholesky adds as little as is needed, and nothing where the matrix factors") {
  CHECK(jitter_of({4, 2, 2, 3}, 2) == 0);
  CHECK(jitter_of({1e-300, 0, 0, 1e-300}, 2) == 0);
  CHECK(jitter_of({1, 1, 1, 1}, 2) == doctest::Approx(1e-12));
  const double smooth = jitter_of(smooth_covariance(40, 2), 40);
  CHECK(smooth >= 1e-12);
  CHECK(smooth < 1e-9);
  // The least eigenvalue, -1e-9, is 1e-9 of the mean diagonal.
  CHECK(jitter_of({1, 0, 0, -1e-9}, 2) == doctest::Approx(1e-8));
}

TEST_CASE("what is added is a share of the diagonal, whatever its unit") {
  for (const double unit : {1e-20, 1.0, 1e20}) {
    CAPTURE(unit);
    CHECK(jitter_of({unit, unit, unit, unit}, 2) == doctest::Approx(1e-12));
  }
}

TEST_CASE("a matrix that is no covariance has no factor") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const Matrix& matrix : {Matrix{1, 2, 2, 1},
                               {1, 0, 0, -1e-5},
                               {0, 0, 0, 0},
                               {-1, 0, 0, -1},
                               {nan, 0, 0, 1},
                               {infinity, 0, 0, 1},
                               {1, nan, nan, 1}}) {
    Matrix lower(4, 0);
    CHECK(std::isnan(runtime::cholesky_with_jitter(matrix.data(), 2, lower.data())));
    for (const double x : lower) CHECK(std::isnan(x));
  }
}

TEST_CASE("the factor is that of the matrix with the jitter on its diagonal") {
  const Index k = 30;
  Matrix matrix = smooth_covariance(k, 3);
  Matrix lower(matrix.size());
  const double share = runtime::cholesky_with_jitter(matrix.data(), k, lower.data());
  REQUIRE(share > 0);
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < k; ++j) {
      double sum = 0;
      for (Index c = 0; c < k; ++c)
        sum +=
            lower[static_cast<std::size_t>(i * k + c)] * lower[static_cast<std::size_t>(j * k + c)];
      const double expected =
          matrix[static_cast<std::size_t>(i * k + j)] + (i == j ? 4 * share : 0);
      CHECK(std::abs(sum - expected) < 1e-14 * 4 * static_cast<double>(k));
    }
  }
}

TEST_CASE("derivatives are those of what was computed, jitter included") {
  // Needs a jitter of 1e-9, clear of rounding. Multiplied by a factor f it needs the same share, so
  // its factor, and any sum of elements of it, goes with the root of f: the slope along the matrix
  // itself is half the sum.
  const std::vector<double> indefinite = {1, 1, 1, 1 - 1e-9};
  const RecordedCall call = record_call("cholesky", {matrix(2, 2, indefinite)});
  const OperationResult result =
      run_operation(*call.operation, {{indefinite, 4, false}}, 4, 1, {1, 0, 1, 1e5});
  const double sum = result.out[0] + result.out[2] + 1e5 * result.out[3];
  CHECK(result.out[3] == doctest::Approx(std::sqrt(1e-9)).epsilon(1e-4));
  double slope = 0;
  for (std::size_t i = 0; i < 4; ++i) slope += result.adjoints[0][i] * indefinite[i];
  CHECK(slope == doctest::Approx(0.5 * sum).epsilon(1e-5));
}

TEST_CASE("lanes have their own jitter") {
  const RecordedCall call = record_call("cholesky", {matrix(2, 2, {1, 1, 1, 1})});
  const std::vector<double> lanes = {1, 4, 1,  // three lanes of each element
                                     1, 2, 0, 1, 2, 0, 1, 4, -1};
  const auto out = run_operation(*call.operation, {{lanes, 4, false}}, 4, 3).out;
  CHECK(out[0] == doctest::Approx(1));
  CHECK(out[9] == doctest::Approx(1.4e-6).epsilon(0.05));  // sqrt(2e-12), less the rounding
  CHECK(out[10] == doctest::Approx(std::sqrt(3)));
  CHECK(std::isnan(out[11]));
  check_lanes(*call.operation, {{lanes, 4, false}}, 4, 3);
}

}  // namespace
}  // namespace vippl::testing
