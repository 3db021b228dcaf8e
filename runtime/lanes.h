#pragma once
#include <type_traits>

#include "runtime/operation.h"

namespace vippl::runtime {

/// Calls `body(lanes)` with a constant for the usual numbers of lanes, so that the inner loops over
/// lanes unroll.
template <class Body>
void with_lanes(Index lanes, Body&& body) {
  if (lanes == 1) return body(std::integral_constant<Index, 1>{});
  if (lanes == 8) return body(std::integral_constant<Index, 8>{});
  body(lanes);
}

/// Distance between the elements of an input, and between its lanes: element i of lane b is
/// value[i * element + b * lane].
struct LaneStrides {
  Index element = 1;
  Index lane = 0;
};
inline LaneStrides strides(const Operand& operand, Index lanes) {
  return operand.fixed ? LaneStrides{1, 0} : LaneStrides{lanes, 1};
}

/// sums[b] += the sum over i of x[i * lanes + b].
void add_over_elements(const double* x, Index elements, Index lanes, double* sums);

/// Spreads values[i] over all lanes, in place: the layout of a fixed input becomes that of a
/// latent.
void expand_lanes(double* values, Index size, Index lanes);

/// derivative * adjoint, and zero where the adjoint is zero, even if the derivative is not finite:
/// what a choice has not chosen must not reach the gradient.
inline double chain(double derivative, double adjoint) {
  const double product = derivative * adjoint;
  return adjoint == 0 ? 0.0 : product;
}

}  // namespace vippl::runtime
