#include "tests/support/reference/linear_algebra.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

Tensor eigenvectors(const Tensor& a) {
  const std::size_t n = square_size(a);
  Tensor left = a;  // turned in one plane after another until only its diagonal is left: Jacobi
  Tensor vectors = filled({n, n}, 0);
  for (std::size_t i = 0; i < n; ++i) vectors.values[i * n + i] = 1;
  constexpr int sweeps = 50;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double gap = left.values[j * n + j] - left.values[i * n + i];
        const double angle = 0.5 * std::atan2(2 * left.values[i * n + j], gap);
        Tensor turn = filled({n, n}, 0);
        for (std::size_t m = 0; m < n; ++m) turn.values[m * n + m] = 1;
        turn.values[i * n + i] = turn.values[j * n + j] = std::cos(angle);
        turn.values[i * n + j] = std::sin(angle);
        turn.values[j * n + i] = -std::sin(angle);
        left = contract(transpose(turn), contract(left, turn));
        vectors = contract(vectors, turn);
      }
    }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
    return left.values[i * n + i] < left.values[j * n + j];
  });
  Tensor rows = transpose(vectors);
  std::vector<Tensor> sorted;
  for (const std::size_t place : order) {
    const Tensor row = part(rows, {n}, place);
    const double largest =
        *std::max_element(row.values.begin(), row.values.end(),
                          [](double x, double y) { return std::abs(x) < std::abs(y); });
    sorted.push_back(map(row, [&](double x) { return largest < 0 ? -x : x; }));
  }
  return transpose(stack(sorted));
}

Tensor matrix_exp(const Tensor& a) {
  const std::size_t n = square_size(a);
  double size = 0;
  for (const double value : a.values) size += std::abs(value);
  int squarings = 0;  // exp(a) = exp(a / 2)^2
  for (; size > 0.5; size /= 2) ++squarings;
  const Tensor small = map(a, [&](double x) { return std::ldexp(x, -squarings); });
  Tensor term = filled({n, n}, 0);
  for (std::size_t i = 0; i < n; ++i) term.values[i * n + i] = 1;
  Tensor result = term;
  constexpr int terms = 20;  // of the power series: 0.5^20 / 20! is far below rounding
  for (int k = 1; k <= terms; ++k) {
    term = map(contract(term, small), [&](double x) { return x / k; });
    result = map(result, term, [](double x, double y) { return x + y; });
  }
  for (int k = 0; k < squarings; ++k) result = contract(result, result);
  return result;
}

}  // namespace vippl::reference
