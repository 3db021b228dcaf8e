#include "tests/support/reference/linear_algebra.h"

#include <cmath>

namespace vippl::reference {

namespace {

std::size_t square_size(const Tensor& a) {
  if (a.rank() != 2 || a.shape[0] != a.shape[1]) {
    throw Error("a square matrix was expected, found " + text(a.shape));
  }
  return a.shape[0];
}

}  // namespace

Tensor cholesky(const Tensor& a) {
  const std::size_t n = square_size(a);
  Tensor factor = filled({n, n}, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = a.values[i * n + j];
      for (std::size_t m = 0; m < j; ++m) {
        rest -= factor.values[i * n + m] * factor.values[j * n + m];
      }
      factor.values[i * n + j] = i == j ? std::sqrt(rest) : rest / factor.values[j * n + j];
    }
  }
  return factor;
}

Tensor solve(const Tensor& a, const Tensor& b) {
  const std::size_t n = square_size(a);
  const std::size_t columns = b.rank() == 2 ? b.shape[1] : 1;
  Tensor left = a;
  Tensor right = b;
  for (std::size_t step = 0; step < n; ++step) {
    std::size_t pivot = step;
    for (std::size_t i = step; i < n; ++i) {
      if (std::abs(left.values[i * n + step]) > std::abs(left.values[pivot * n + step])) pivot = i;
    }
    for (std::size_t j = 0; j < n; ++j) {
      std::swap(left.values[step * n + j], left.values[pivot * n + j]);
    }
    for (std::size_t j = 0; j < columns; ++j) {
      std::swap(right.values[step * columns + j], right.values[pivot * columns + j]);
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (i == step) continue;
      const double factor = left.values[i * n + step] / left.values[step * n + step];
      for (std::size_t j = 0; j < n; ++j) {
        left.values[i * n + j] -= factor * left.values[step * n + j];
      }
      for (std::size_t j = 0; j < columns; ++j) {
        right.values[i * columns + j] -= factor * right.values[step * columns + j];
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      right.values[i * columns + j] /= left.values[i * n + i];
    }
  }
  return right;
}

Tensor inverse(const Tensor& a) {
  const std::size_t n = square_size(a);
  Tensor identity = filled({n, n}, 0);
  for (std::size_t i = 0; i < n; ++i) identity.values[i * n + i] = 1;
  return solve(a, identity);
}

double determinant(const Tensor& a) {
  const std::size_t n = square_size(a);
  Tensor left = a;
  double product = 1;
  for (std::size_t step = 0; step < n; ++step) {
    std::size_t pivot = step;
    for (std::size_t i = step; i < n; ++i) {
      if (std::abs(left.values[i * n + step]) > std::abs(left.values[pivot * n + step])) pivot = i;
    }
    if (pivot != step) product = -product;
    for (std::size_t j = 0; j < n; ++j)
      std::swap(left.values[step * n + j], left.values[pivot * n + j]);
    product *= left.values[step * n + step];
    for (std::size_t i = step + 1; i < n; ++i) {
      const double factor = left.values[i * n + step] / left.values[step * n + step];
      for (std::size_t j = step; j < n; ++j)
        left.values[i * n + j] -= factor * left.values[step * n + j];
    }
  }
  return product;
}

}  // namespace vippl::reference
