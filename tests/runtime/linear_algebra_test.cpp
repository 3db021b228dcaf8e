#include "runtime/linear_algebra.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "runtime/random.h"

using namespace vippl;
using runtime::Index;
using Matrix = std::vector<double>;  // row-major

namespace {

Matrix random_matrix(Index rows, Index columns, std::uint32_t seed) {
  runtime::Rng rng(seed, runtime::Purpose::test);
  Matrix matrix(static_cast<std::size_t>(rows * columns));
  rng.fill_normal(matrix);
  return matrix;
}

Matrix transposed(const Matrix& a, Index rows, Index columns) {
  Matrix result(a.size());
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j)
      result[static_cast<std::size_t>(j * rows + i)] = a[static_cast<std::size_t>(i * columns + j)];
  return result;
}

Matrix product(const Matrix& a, const Matrix& b, Index n, Index k, Index m) {
  Matrix c(static_cast<std::size_t>(n * m));
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < m; ++j)
      for (Index l = 0; l < k; ++l)
        c[static_cast<std::size_t>(i * m + j)] +=
            a[static_cast<std::size_t>(i * k + l)] * b[static_cast<std::size_t>(l * m + j)];
  return c;
}

Matrix random_covariance(Index k, std::uint32_t seed) {
  const Matrix a = random_matrix(k, k, seed);
  Matrix covariance = product(a, transposed(a, k, k), k, k, k);
  for (Index i = 0; i < k; ++i) covariance[static_cast<std::size_t>(i * k + i)] += 0.5;
  return covariance;
}

void check_close(const Matrix& a, const Matrix& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    CHECK(std::abs(a[i] - b[i]) < 1e-9 * (1 + std::abs(b[i])));
}

}  // namespace

TEST_CASE("the Cholesky factor times its transpose is the matrix") {
  for (Index k : {1, 2, 5, 40, 150}) {
    CAPTURE(k);
    const Matrix a = random_covariance(k, 1);
    Matrix lower(a.size(), 99);
    REQUIRE(runtime::cholesky(a.data(), k, lower.data()));
    check_close(product(lower, transposed(lower, k, k), k, k, k), a);
    for (Index i = 0; i < k; ++i)
      for (Index j = i + 1; j < k; ++j) CHECK(lower[static_cast<std::size_t>(i * k + j)] == 0);
  }
}

TEST_CASE("a matrix that is not positive definite has no Cholesky factor") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double not_a_number = std::numeric_limits<double>::quiet_NaN();
  for (const Matrix& a : std::vector<Matrix>{{1, 2, 2, 1},
                                             {0, 0, 0, 1},
                                             {-1, 0, 0, 1},
                                             {1, 0, not_a_number, 1},
                                             {not_a_number, 0, 0, 1},
                                             {1, 0, 0, not_a_number},
                                             {infinity, 0, 0, 1}}) {
    Matrix lower(4);
    CHECK(!runtime::cholesky(a.data(), 2, lower.data()));
    CHECK(std::isnan(lower[0]));
  }
}

TEST_CASE("the adjoint of the Cholesky factor agrees with differences in symmetric directions") {
  for (Index k : {1, 2, 4, 7}) {
    const Matrix a = random_covariance(k, 2);
    const Matrix weights = random_matrix(k, k, 3);
    const auto weighted_sum = [&](const Matrix& covariance) {
      Matrix lower(covariance.size());
      REQUIRE(runtime::cholesky(covariance.data(), k, lower.data()));
      double sum = 0;
      for (std::size_t i = 0; i < lower.size(); ++i) sum += weights[i] * lower[i];
      return sum;
    };
    Matrix lower(a.size());
    REQUIRE(runtime::cholesky(a.data(), k, lower.data()));
    Matrix adjoint(a.size(), 99);
    runtime::cholesky_adjoint(lower.data(), weights.data(), k, adjoint.data());
    for (Index i = 0; i < k; ++i) {
      for (Index j = 0; j <= i; ++j) {
        const auto below = static_cast<std::size_t>(i * k + j);
        const auto above = static_cast<std::size_t>(j * k + i);
        CHECK(adjoint[below] == doctest::Approx(adjoint[above]).epsilon(1e-12));
        const double h = 1e-5;
        Matrix up = a;
        Matrix down = a;
        up[below] += h;
        down[below] -= h;
        if (i != j) up[above] += h;
        if (i != j) down[above] -= h;
        const double expected = (weighted_sum(up) - weighted_sum(down)) / (2 * h);
        const double slope = i == j ? adjoint[below] : adjoint[below] + adjoint[above];
        CHECK(std::abs(slope - expected) < 1e-6 * (1 + std::abs(expected)));
      }
    }
  }
}

TEST_CASE("triangular solves undo products") {
  const Index k = 6;
  const Matrix a = random_covariance(k, 4);
  Matrix lower(a.size());
  REQUIRE(runtime::cholesky(a.data(), k, lower.data()));
  Matrix with_rubbish = lower;  // above the diagonal, which is not read
  for (Index i = 0; i < k; ++i)
    for (Index j = i + 1; j < k; ++j) with_rubbish[static_cast<std::size_t>(i * k + j)] = 1e9;
  for (Index columns : {1, 3}) {
    const Matrix x = random_matrix(k, columns, 5);
    Matrix b = product(lower, x, k, k, columns);
    runtime::solve_lower(with_rubbish.data(), k, b.data(), columns);
    check_close(b, x);
    b = product(transposed(lower, k, k), x, k, k, columns);
    runtime::solve_lower_transposed(with_rubbish.data(), k, b.data(), columns);
    check_close(b, x);
    b = product(a, x, k, k, columns);
    runtime::solve_cholesky(with_rubbish.data(), k, b.data(), columns);
    check_close(b, x);
  }
}

TEST_CASE("inverse and log determinant agree with each other") {
  const Index k = 5;
  const Matrix a = random_covariance(k, 6);
  Matrix lower(a.size());
  REQUIRE(runtime::cholesky(a.data(), k, lower.data()));
  Matrix inverse(a.size());
  runtime::inverse_from_cholesky(lower.data(), k, inverse.data());
  Matrix identity(a.size());
  for (std::size_t i = 0; i < 5; ++i) identity[i * 6] = 1;
  check_close(product(a, inverse, k, k, k), identity);
  Matrix inverse_transposed(a.size());
  const double log_determinant =
      runtime::log_absolute_determinant(a.data(), k, inverse_transposed.data());
  CHECK(log_determinant == doctest::Approx(2 * runtime::log_diagonal(lower.data(), k)));
  check_close(inverse_transposed, inverse);
}

TEST_CASE("the log determinant of any matrix takes the absolute value, and is -infinity at 0") {
  const Matrix swapped = {0, 2, 3, 0};
  Matrix inverse_transposed(4);
  CHECK(runtime::log_absolute_determinant(swapped.data(), 2, inverse_transposed.data()) ==
        doctest::Approx(std::log(6)));
  check_close(inverse_transposed, {0, 0.5, 1.0 / 3, 0});
  const Matrix singular = {1, 2, 2, 4};
  CHECK(runtime::log_absolute_determinant(singular.data(), 2) ==
        -std::numeric_limits<double>::infinity());
}

TEST_CASE("multiply is the matrix product") {
  const Matrix a = random_matrix(3, 4, 7);
  const Matrix b = random_matrix(4, 2, 8);
  Matrix c(6, 99);
  runtime::multiply(a.data(), b.data(), 3, 4, 2, c.data());
  check_close(c, product(a, b, 3, 4, 2));
}
