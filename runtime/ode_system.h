#pragma once
#include <algorithm>
#include <cmath>

#include "runtime/subtape.h"

namespace vippl::runtime {

/// dz/dt = rhs(t, z), and how accurately it is to be solved. The inputs of `rhs` are t, then z,
/// then what it reads of the script.
struct OdeSystem {
  SubTape rhs;
  double rel_tol = 0;
  double abs_tol = 0;

  Index state_size() const { return rhs.variable_count() - 1; }
};

/// One step of every lane: from the state z (element i of lane b at [i * lanes + b]) at t[b] to
/// t_end[b]. Lanes with t_end[b] == t[b] stand still.
struct OdeStep {
  const double* t;
  const double* t_end;
  const double* z;
  double length(Index b) const { return t_end[b] - t[b]; }
};

/// Root mean square of x of lane b in units of the tolerance at the larger of |z| and |w|.
inline double weighted_norm(const OdeSystem& system, Index lanes, Index b, const double* x,
                            const double* z, const double* w) {
  const Index size = system.state_size();
  double sum = 0;
  for (Index i = b; i < size * lanes; i += lanes) {
    const double unit = system.abs_tol + system.rel_tol * std::max(std::abs(z[i]), std::abs(w[i]));
    sum += (x[i] / unit) * (x[i] / unit);
  }
  return size == 0 ? 0 : std::sqrt(sum / static_cast<double>(size));
}

}  // namespace vippl::runtime
