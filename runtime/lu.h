#pragma once
#include "runtime/index.h"

// The LU factorisation with row pivoting of a k x k matrix, row-major, in memory of the caller:
// Eigen's allocates on every call, which a replay may not.

namespace vippl::runtime {

/// Overwrites `a` by its factors: L below the diagonal (its own diagonal is 1), U on and above.
/// pivots[i], k of them, is the row that changed places with row i. A singular matrix leaves zeros
/// or NaN on the diagonal.
void lu_factor(double* a, Index k, double* pivots);

/// Solves A X = B in place; b is k x columns.
void lu_solve(const double* lu, const double* pivots, Index k, double* b, Index columns = 1);

/// Solves A' X = B in place.
void lu_solve_transposed(const double* lu, const double* pivots, Index k, double* b,
                         Index columns = 1);

/// det A, and log |det A|.
double lu_determinant(const double* lu, const double* pivots, Index k);
double lu_log_determinant(const double* lu, Index k);

}  // namespace vippl::runtime
