#pragma once
#include <memory>
#include <vector>

#include "runtime/broadcast.h"
#include "runtime/operation.h"

namespace vippl::runtime {

/// log(sum over k of weights[k] exp(l_k)) for each row; `summed`: the sum of these over the rows.
/// Inputs: the weights, [K] or one such vector per row, where `weights` maps a row to its vector;
/// then the K log densities, where components[k] maps a row to its element. A component of weight 0
/// counts for nothing, whatever its density; weights that are no simplex give -infinity. Accurate
/// where all densities underflow.
struct MixtureShape {
  Index rows = 1;
  Broadcast weights;
  std::vector<Broadcast> components;
  bool summed = false;
};
std::shared_ptr<const Operation> make_mixture_density(MixtureShape shape);

/// Of an operation that is one of those; null for another.
const MixtureShape* mixture_shape(const Operation& operation);

/// Whether the weights of every lane are none below 0 and add up to 1, but for rounding.
bool are_mixture_weights(const double* weights, Index count, Index lanes);

}  // namespace vippl::runtime
