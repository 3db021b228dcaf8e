#include "runtime/linear_algebra.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/jitter.h"

namespace vippl::runtime {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using VectorMap = Eigen::Map<Eigen::VectorXd>;
using MatrixMap = Eigen::Map<Matrix>;
using ConstMatrixMap = Eigen::Map<const Matrix>;

// Matrices up to this size are done by plain loops: Eigen's calls would cost more than the work.
constexpr Index small = 24;

// The factor in place of the lower triangle; false where a pivot is not positive. Each column is
// taken from all that is left of the matrix at once: sums of products would wait for themselves.
bool factor_small(Index k, double* lower) {
  double column[small];
  for (Index j = 0; j < k; ++j) {
    const double pivot = lower[j * k + j];
    if (!(pivot > 0)) return false;
    const double root = std::sqrt(pivot);
    lower[j * k + j] = root;
    const double per_root = 1 / root;
    for (Index i = j + 1; i < k; ++i) column[i] = lower[i * k + j] *= per_root;
    for (Index i = j + 1; i < k; ++i) {
      const double factor = column[i];
      double* const row = lower + i * k;
      for (Index m = j + 1; m <= i; ++m) row[m] -= factor * column[m];
    }
  }
  return true;
}

void solve_small(const double* lower, Index k, double* b) {
  for (Index j = 0; j < k; ++j) {
    const double x = b[j] /= lower[j * k + j];
    for (Index i = j + 1; i < k; ++i) b[i] -= lower[i * k + j] * x;
  }
}

void solve_small_transposed(const double* lower, Index k, double* b) {
  for (Index i = k; i-- > 0;) {
    b[i] /= lower[i * k + i];
    for (Index j = 0; j < i; ++j) b[j] -= lower[i * k + j] * b[i];
  }
}

// The inverse of the factor, row by row, then its transpose times itself.
void invert_small(const double* lower, Index k, double* inverse) {
  double roots[small * small];
  for (Index i = 0; i < k; ++i) {
    double* const row = roots + i * k;
    std::fill_n(row, i, 0.0);
    for (Index m = 0; m < i; ++m) {
      const double factor = lower[i * k + m];
      for (Index j = 0; j <= m; ++j) row[j] -= factor * roots[m * k + j];
    }
    const double per_pivot = 1 / lower[i * k + i];
    for (Index j = 0; j < i; ++j) row[j] *= per_pivot;
    row[i] = per_pivot;
  }
  std::fill_n(inverse, k * k, 0.0);
  for (Index m = 0; m < k; ++m) {
    const double* const row = roots + m * k;
    for (Index i = 0; i <= m; ++i) {
      for (Index j = 0; j <= i; ++j) inverse[i * k + j] += row[i] * row[j];
    }
  }
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < i; ++j) inverse[j * k + i] = inverse[i * k + j];
}

// The factor of `a` with a number added to its diagonal.
bool factorise(const double* a, Index k, double added, double* lower) {
  MatrixMap factor(lower, k, k);
  factor.setZero();
  for (Index i = 0; i < k; ++i) std::copy_n(a + i * k, i + 1, lower + i * k);
  factor.diagonal().array() += added;
  bool good = false;
  if (k <= small) {
    good = factor_small(k, lower);
  } else {
    Eigen::Ref<Matrix> in_place(factor);
    const Eigen::LLT<Eigen::Ref<Matrix>> decomposition(in_place);
    good = decomposition.info() == Eigen::Success;
  }
  // Eigen's test lets NaN pass; it always reaches the diagonal.
  for (Index i = 0; i < k; ++i) good = good && std::isfinite(factor(i, i));
  if (!good) factor.setConstant(std::numeric_limits<double>::quiet_NaN());
  return good;
}

// Rounding makes eigenvalues of a singular matrix negative by about 1e-16 of the largest, which is
// at most k times the mean diagonal; what needs more than 1e-6 is no covariance.
constexpr double least_jitter = 1e-12;
constexpr double most_jitter = 1e-6;

}  // namespace

bool cholesky(const double* a, Index k, double* lower) { return factorise(a, k, 0, lower); }

double cholesky_with_jitter(const double* a, Index k, double* lower) {
  if (cholesky(a, k, lower)) return 0;
  const double mean = ConstMatrixMap(a, k, k).diagonal().mean();
  if (std::isfinite(mean) && mean > 0) {
    // A little above, since the shares are products of rounded numbers.
    for (double share = least_jitter; share < 1.5 * most_jitter; share *= 10)
      if (factorise(a, k, share * mean, lower)) return share;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

void cholesky_adjoint(const double* lower, const double* lower_adjoint, Index k,
                      double* a_adjoint) {
  // 1/2 L^-T (P + P' - diag P) L^-1, where P is the lower triangle of L' times the adjoint of L.
  // Its diagonal counts half in P and twice in the sum, so the symmetric copy of P is the middle
  // factor.
  MatrixMap result(a_adjoint, k, k);
  result.setZero();
  for (Index m = 0; m < k; ++m) {
    for (Index i = 0; i <= m; ++i) {
      const double entry = lower[m * k + i];
      for (Index j = 0; j <= i; ++j) result(i, j) += entry * lower_adjoint[m * k + j];
    }
  }
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < i; ++j) result(j, i) = result(i, j);
  solve_lower_transposed(lower, k, a_adjoint, k);
  result.transposeInPlace();
  solve_lower_transposed(lower, k, a_adjoint, k);
  result *= 0.5;
}

void solve_lower(const double* lower, Index k, double* b, Index columns) {
  if (columns == 1 && k <= small) return solve_small(lower, k, b);
  const ConstMatrixMap factor(lower, k, k);
  if (columns == 1) {
    VectorMap right(b, k);
    factor.triangularView<Eigen::Lower>().solveInPlace(right);
  } else {
    MatrixMap right(b, k, columns);
    factor.triangularView<Eigen::Lower>().solveInPlace(right);
  }
}

void solve_lower_transposed(const double* lower, Index k, double* b, Index columns) {
  if (columns == 1 && k <= small) return solve_small_transposed(lower, k, b);
  const ConstMatrixMap factor(lower, k, k);
  if (columns == 1) {
    VectorMap right(b, k);
    factor.transpose().triangularView<Eigen::Upper>().solveInPlace(right);
  } else {
    MatrixMap right(b, k, columns);
    factor.transpose().triangularView<Eigen::Upper>().solveInPlace(right);
  }
}

void solve_cholesky(const double* lower, Index k, double* b, Index columns) {
  solve_lower(lower, k, b, columns);
  solve_lower_transposed(lower, k, b, columns);
}

void inverse_from_cholesky(const double* lower, Index k, double* inverse) {
  if (k <= small) return invert_small(lower, k, inverse);
  MatrixMap(inverse, k, k).setIdentity();
  solve_cholesky(lower, k, inverse, k);
}

double log_diagonal(const double* lower, Index k) {
  double sum = 0;
  for (Index i = 0; i < k; ++i) sum += std::log(lower[i * k + i]);
  return sum;
}

double log_absolute_determinant(const double* a, Index k, double* inverse_transposed) {
  const ConstMatrixMap matrix(a, k, k);
  const Eigen::PartialPivLU<Matrix> decomposition(matrix);
  if (inverse_transposed != nullptr)
    MatrixMap(inverse_transposed, k, k) = decomposition.inverse().transpose();
  double sum = 0;
  for (Index i = 0; i < k; ++i) sum += std::log(std::abs(decomposition.matrixLU()(i, i)));
  return sum;
}

void symmetric_eigenvalues(const double* a, Index k, double* values) {
  const ConstMatrixMap matrix(a, k, k);
  VectorMap result(values, k);
  if (!matrix.allFinite()) {
    result.setConstant(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  result = Eigen::SelfAdjointEigenSolver<Matrix>(matrix, Eigen::EigenvaluesOnly).eigenvalues();
}

void multiply(const double* a, const double* b, Index n, Index k, Index m, double* c) {
  MatrixMap(c, n, m).noalias() = ConstMatrixMap(a, n, k) * ConstMatrixMap(b, k, m);
}

}  // namespace vippl::runtime
