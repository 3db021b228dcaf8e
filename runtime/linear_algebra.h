#pragma once
#include "runtime/index.h"

// Linear algebra on k x k matrices in row-major order, contiguous, with the derivatives that
// entries need. Output may not overlap input unless said so. An adjoint is the derivative of the
// final result by a value.

namespace vippl::runtime {

/// The lower triangular factor of a symmetric positive definite matrix, zeros above its diagonal.
/// Reads the lower triangle of `a` only. False, with `lower` all NaN, where `a` is not positive
/// definite or not finite.
bool cholesky(const double* a, Index k, double* lower);

/// From the adjoint of the factor (its lower triangle is read) the adjoint of `a`, as of a function
/// of a symmetric matrix: the share of each entry off the diagonal is split equally between the two
/// triangles, so a_adjoint is symmetric. Overwrites a_adjoint. Murray (2016), arXiv:1602.07527.
void cholesky_adjoint(const double* lower, const double* lower_adjoint, Index k, double* a_adjoint);

/// Solves L X = B in place; b is k x columns. Reads the lower triangle only.
void solve_lower(const double* lower, Index k, double* b, Index columns = 1);

/// Solves L' X = B in place; b is k x columns.
void solve_lower_transposed(const double* lower, Index k, double* b, Index columns = 1);

/// Solves L L' X = B in place; b is k x columns.
void solve_cholesky(const double* lower, Index k, double* b, Index columns = 1);

/// (L L')^-1, symmetric.
void inverse_from_cholesky(const double* lower, Index k, double* inverse);

/// Sum of the logarithms of the diagonal: half the log determinant of L L'.
double log_diagonal(const double* lower, Index k);

/// log |det A| of any square matrix; -infinity if singular. With `inverse_transposed` not null,
/// also writes A^-T, the derivative of log |det A|.
double log_absolute_determinant(const double* a, Index k, double* inverse_transposed = nullptr);

/// In increasing order; reads the lower triangle. NaN if some entry is not finite.
void symmetric_eigenvalues(const double* a, Index k, double* values);

/// c = a b, where a is n x k and b is k x m, all row-major.
void multiply(const double* a, const double* b, Index n, Index k, Index m, double* c);

}  // namespace vippl::runtime
