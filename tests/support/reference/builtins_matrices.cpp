#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/support/reference/builtins.h"
#include "tests/support/reference/linear_algebra.h"

namespace vippl::reference {

namespace {

Tensor diagonal(const Tensor& x) {
  Tensor result = vector({});
  for (std::size_t i = 0; i < x.shape[0]; ++i) {
    result.values.push_back(x.values[i * x.shape[1] + i]);
  }
  result.shape = {result.values.size()};
  return result;
}

Tensor diagonal_matrix(const Tensor& x) {
  const std::size_t n = x.values.size();
  Tensor result = filled({n, n}, 0);
  for (std::size_t i = 0; i < n; ++i) result.values[i * n + i] = x.values[i];
  return result;
}

Tensor add_diagonal(const Arguments& a) {
  Tensor result = a[0];
  const std::size_t n = result.shape[0];
  const Tensor added = stretch(a[1], {n});
  for (std::size_t i = 0; i < n; ++i) result.values[i * n + i] += added.values[i];
  return result;
}

Tensor trace(const Arguments& a) {
  double sum = 0;
  for (const double value : diagonal(a[0]).values) sum += value;
  return scalar(sum);
}

Tensor quad_form(const Arguments& a) {  // x' A x
  const Tensor& x = a[1];
  return contract(x.rank() == 2 ? transpose(x) : x, contract(a[0], x));
}

Tensor kronecker(const Arguments& a) {
  const std::size_t rows = a[1].shape[0];
  const std::size_t columns = a[1].shape[1];
  Tensor result = filled({a[0].shape[0] * rows, a[0].shape[1] * columns}, 0);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    const Shape at = subscripts(result.shape, i);
    result.values[i] = a[0].values[flat_index(a[0].shape, {at[0] / rows, at[1] / columns})] *
                       a[1].values[flat_index(a[1].shape, {at[0] % rows, at[1] % columns})];
  }
  return result;
}

/// Of the columns of a matrix, with n - 1.
Tensor covariance(const Tensor& x) {
  const auto n = static_cast<double>(x.shape[0]);
  const Tensor mean = along(x, 1, [&](const Tensor& column) {
    double sum = 0;
    for (const double value : column.values) sum += value;
    return scalar(sum / n);
  });
  const Tensor centred = map(x, mean, [](double a, double b) { return a - b; });
  return map(contract(transpose(centred), centred), [&](double s) { return s / (n - 1); });
}

Tensor correlation(const Tensor& x) {
  const Tensor products = covariance(x);
  const Tensor scales = map(diagonal(products), [](double v) { return 1 / std::sqrt(v); });
  return contract(diagonal_matrix(scales), contract(products, diagonal_matrix(scales)));
}

/// Of one matrix; or one number, of two vectors.
Builtin of_columns(const std::function<Tensor(const Tensor&)>& f) {
  return [f](const Arguments& a) {
    if (a.positional.size() == 1) return f(a[0]);
    return scalar(f(transpose(stack(a.positional))).values[1]);
  };
}

// ---- covariances of all pairs of points: numbers, or the rows of a matrix ----

using Pair = std::function<double(const Tensor& x, const Tensor& y)>;

Tensor over_pairs(const Tensor& x, const Tensor& y, const Pair& f) {
  Tensor result = filled({x.shape[0], y.shape[0]}, 0);
  for (std::size_t i = 0; i < x.shape[0]; ++i) {
    for (std::size_t j = 0; j < y.shape[0]; ++j) {
      result.values[i * y.shape[0] + j] = f(part(x, {x.shape[0]}, i), part(y, {y.shape[0]}, j));
    }
  }
  return result;
}

double inner_product(const Tensor& x, const Tensor& y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.values.size(); ++i) sum += x.values[i] * y.values[i];
  return sum;
}

double distance(const Tensor& x, const Tensor& y) {
  const Tensor difference = map(x, y, [](double a, double b) { return a - b; });
  return std::sqrt(inner_product(difference, difference));
}

/// amplitude^2 times `f` of the distance over the length.
Builtin stationary_kernel(const std::function<double(double)>& f) {
  return [f](const Arguments& a) {
    const double amplitude = a.get(1, "amplitude").item();
    const double length = a.get(2, "length").item();
    return over_pairs(a[0], a.find(3, "x2").value_or(a[0]), [&](const Tensor& x, const Tensor& y) {
      return amplitude * amplitude * f(distance(x, y) / length);
    });
  };
}

Tensor periodic_kernel(const Arguments& a) {
  const double amplitude = a.get(1, "amplitude").item();
  const double length = a.get(2, "length").item();
  const double period = a.get(3, "period").item();
  return over_pairs(a[0], a.find(4, "x2").value_or(a[0]), [&](const Tensor& x, const Tensor& y) {
    const double wave = std::sin(std::numbers::pi * distance(x, y) / period) / length;
    return amplitude * amplitude * std::exp(-2 * wave * wave);
  });
}

Tensor linear_kernel(const Arguments& a) {
  const double amplitude = a.get(1, "amplitude").item();
  return over_pairs(a[0], a.find(2, "x2").value_or(a[0]), [&](const Tensor& x, const Tensor& y) {
    return amplitude * amplitude * inner_product(x, y);
  });
}

// ---- splines: de Boor (2001), chapter 9 ----

/// B-spline `i` of this degree on these knots, by its recursion. The last interval is closed.
double basis(const std::vector<double>& knots, std::size_t i, std::size_t degree, double x) {
  if (degree == 0) {
    const bool is_last = x == knots.back() && knots[i + 1] == x && knots[i] < x;
    return is_last || (knots[i] <= x && x < knots[i + 1]) ? 1 : 0;
  }
  const double rising = knots[i + degree] - knots[i];
  const double falling = knots[i + degree + 1] - knots[i + 1];
  double sum = 0;
  if (rising > 0) sum += (x - knots[i]) / rising * basis(knots, i, degree - 1, x);
  if (falling > 0)
    sum += (knots[i + degree + 1] - x) / falling * basis(knots, i + 1, degree - 1, x);
  return sum;
}

/// Both ends, those of the range of x unless given, are knots degree + 1 times.
Tensor bspline(const Arguments& a) {
  const std::vector<double> x = a.get(0, "x").values;
  const std::vector<double> inner = a.get(1, "knots").values;
  const std::size_t degree = a.find(2, "degree").value_or(scalar(3)).extent();
  const std::optional<Tensor> lower = a.find(3, "lower");
  const std::optional<Tensor> upper = a.find(4, "upper");
  std::vector<double> knots(degree + 1, lower ? lower->values[0] : *std::ranges::min_element(x));
  knots.insert(knots.end(), inner.begin(), inner.end());
  knots.insert(knots.end(), degree + 1, upper ? upper->values[0] : *std::ranges::max_element(x));
  const std::size_t columns = inner.size() + degree + 1;
  Tensor result = filled({x.size(), columns}, 0);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    result.values[i] = basis(knots, i % columns, degree, x[i / columns]);
  }
  return result;
}

}  // namespace

Builtins matrix_builtins() {
  return {
      {"identity", [](const Arguments& a) { return diagonal_matrix(filled({a[0].extent()}, 1)); }},
      {"diagonal", [](const Arguments& a) { return diagonal(a[0]); }},
      {"diagonal_matrix", [](const Arguments& a) { return diagonal_matrix(a[0]); }},
      {"add_diagonal", add_diagonal},
      {"cholesky", [](const Arguments& a) { return cholesky(a[0]); }},
      {"solve", [](const Arguments& a) { return solve(a[0], a[1]); }},
      {"solve_lower", [](const Arguments& a) { return solve(a[0], a[1]); }},
      {"inverse", [](const Arguments& a) { return inverse(a[0]); }},
      {"det", [](const Arguments& a) { return scalar(determinant(a[0])); }},
      {"log_det", [](const Arguments& a) { return scalar(std::log(std::abs(determinant(a[0])))); }},
      {"eigenvectors", [](const Arguments& a) { return eigenvectors(a[0]); }},
      {"matrix_exp", [](const Arguments& a) { return matrix_exp(a[0]); }},
      {"trace", trace},
      {"quad_form", quad_form},
      {"kronecker", kronecker},
      {"corr_from_cholesky", [](const Arguments& a) { return contract(a[0], transpose(a[0])); }},
      {"exp_quad_kernel", stationary_kernel([](double r) { return std::exp(-0.5 * r * r); })},
      {"matern32_kernel", stationary_kernel([](double r) {
         return (1 + std::sqrt(3.0) * r) * std::exp(-std::sqrt(3.0) * r);
       })},
      {"matern52_kernel", stationary_kernel([](double r) {
         return (1 + std::sqrt(5.0) * r + 5 * r * r / 3) * std::exp(-std::sqrt(5.0) * r);
       })},
      {"periodic_kernel", periodic_kernel},
      {"linear_kernel", linear_kernel},
      {"bspline", bspline},
      {"cov", of_columns(covariance)},
      {"corr", of_columns(correlation)},
  };
}

}  // namespace vippl::reference
