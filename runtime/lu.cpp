#include "runtime/lu.h"

#include <algorithm>
#include <cmath>

namespace vippl::runtime {

namespace {

void swap_rows(double* matrix, Index columns, Index i, Index j) {
  if (i == j) return;
  std::swap_ranges(matrix + i * columns, matrix + (i + 1) * columns, matrix + j * columns);
}

// row i -= factor * row j
void subtract_row(double* matrix, Index columns, Index i, Index j, double factor) {
  for (Index c = 0; c < columns; ++c) matrix[i * columns + c] -= factor * matrix[j * columns + c];
}

void divide_row(double* matrix, Index columns, Index i, double divisor) {
  for (Index c = 0; c < columns; ++c) matrix[i * columns + c] /= divisor;
}

}  // namespace

void lu_factor(double* a, Index k, double* pivots) {
  for (Index j = 0; j < k; ++j) {
    Index pivot = j;
    for (Index i = j + 1; i < k; ++i) {
      if (std::abs(a[i * k + j]) > std::abs(a[pivot * k + j])) pivot = i;
    }
    pivots[j] = static_cast<double>(pivot);
    swap_rows(a, k, j, pivot);
    if (a[j * k + j] == 0) continue;
    for (Index i = j + 1; i < k; ++i) {
      const double factor = a[i * k + j] /= a[j * k + j];
      for (Index c = j + 1; c < k; ++c) a[i * k + c] -= factor * a[j * k + c];
    }
  }
}

void lu_solve(const double* lu, const double* pivots, Index k, double* b, Index columns) {
  for (Index i = 0; i < k; ++i) swap_rows(b, columns, i, static_cast<Index>(pivots[i]));
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < i; ++j) subtract_row(b, columns, i, j, lu[i * k + j]);
  }
  for (Index i = k; i-- > 0;) {
    for (Index j = i + 1; j < k; ++j) subtract_row(b, columns, i, j, lu[i * k + j]);
    divide_row(b, columns, i, lu[i * k + i]);
  }
}

void lu_solve_transposed(const double* lu, const double* pivots, Index k, double* b,
                         Index columns) {
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < i; ++j) subtract_row(b, columns, i, j, lu[j * k + i]);
    divide_row(b, columns, i, lu[i * k + i]);
  }
  for (Index i = k; i-- > 0;) {
    for (Index j = i + 1; j < k; ++j) subtract_row(b, columns, i, j, lu[j * k + i]);
  }
  for (Index i = k; i-- > 0;) swap_rows(b, columns, i, static_cast<Index>(pivots[i]));
}

double lu_determinant(const double* lu, const double* pivots, Index k) {
  double determinant = 1;
  for (Index i = 0; i < k; ++i) {
    determinant *= static_cast<Index>(pivots[i]) == i ? lu[i * k + i] : -lu[i * k + i];
  }
  return determinant;
}

double lu_log_determinant(const double* lu, Index k) {
  double sum = 0;
  for (Index i = 0; i < k; ++i) sum += std::log(std::abs(lu[i * k + i]));
  return sum;
}

}  // namespace vippl::runtime
