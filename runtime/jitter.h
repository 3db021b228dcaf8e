#pragma once
#include "runtime/index.h"

// Matrices that are singular up to rounding, as covariances of points that nearly coincide are.

namespace vippl::runtime {

/// As cholesky(), but where `a` does not factor, a share of the mean of its diagonal is added to
/// the diagonal: 1e-12, then ten times as much until it does, up to 1e-6. Gives that share, 0 where
/// none was needed; NaN, with `lower` all NaN, where so much does not help.
double cholesky_with_jitter(const double* a, Index k, double* lower);

/// Beside Operation: one whose first input is a matrix to which it may have to add jitter.
class Jittering {
 public:
  virtual ~Jittering() = default;
  /// The share of the mean of the diagonal that it adds to this matrix: 0 if none, NaN if none
  /// helps.
  virtual double jitter(const double* matrix) const = 0;
};

}  // namespace vippl::runtime
