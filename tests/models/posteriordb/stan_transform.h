#pragma once
#include <string>
#include <vector>

#include "tests/models/posteriordb/dual.h"

// Stan's maps from its unconstrained coordinates to constrained values, and vippl's maps from those
// to its own coordinates, both written from their definitions and independent of runtime/transform.

namespace vippl::test {

using Duals = std::vector<Dual>;

struct Constrained {
  Duals values;
  Dual log_jacobian;
};

/// One parameter from its coordinates `x`. `transform` is as in stan_gradients.json: identity, log,
/// simplex, ordered, positive ordered, or logit, of which `room` is the length of the interval that
/// begins at 0.
Constrained from_stan(const std::string& transform, const Duals& x, const Dual& room);

/// The coordinates of the same parameter in vippl.
Duals to_coordinates(const std::string& transform, const Duals& values, const Dual& room);

}  // namespace vippl::test
