#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "lang/signature.h"
#include "runtime/log_density.h"
#include "runtime/operation.h"

// The bijections between unconstrained coordinates z and constrained values x, one for every
// support. All arrays are row-major; the coordinates and entries of one event stand together,
// events one after another.
//
// Coordinates of one event, and x from z:
//
//   number                1; z, lower + exp(z), upper - exp(z), or
//                         lower + (upper - lower) inv_logit(z); non-centred numbers
//                         have location + scale z in the place of z
//   simplex               k - 1; softmax(V z), the columns of V orthonormal, each summing to 0
//   sum_to_zero           k - 1; V z
//   ordered               k; running sum of z[1], exp(z[2]), exp(z[3]), ...
//   positive_ordered      k; running sum of exp(z[1]), exp(z[2]), ...
//   unit_vector           k; z / |z|
//   correlation_cholesky  k (k - 1) / 2; rows of partial correlations tanh(z)
//   correlation           k (k - 1) / 2; L L' of that factor
//   covariance_cholesky   k (k + 1) / 2; z below the diagonal, exp(z) on it
//   covariance            k (k + 1) / 2; L L' of that factor

namespace vippl::runtime {

/// The value of one latent: `count` events, each a number, a vector of length k, or a k x k matrix.
/// Not a whole number.
struct TransformShape {
  lang::Support::Kind kind = lang::Support::Kind::number;
  Index count = 1;
  Index k = 1;  ///< 1 for numbers
};

/// Number of coordinates in z, and of entries in x.
Index unconstrained_size(const TransformShape& shape);
Index constrained_size(const TransformShape& shape);

/// How a bound of numbers is given: not at all, one for all, or one per element. An infinite one
/// bounds nothing.
enum class BoundForm { none, scalar, full };
struct BoundForms {
  BoundForm lower = BoundForm::none;
  BoundForm upper = BoundForm::none;
};

/// Bounds that are fixed, or at one point: empty if none, one number for all, or one per element.
struct BoundValues {
  std::span<const double> lower;
  std::span<const double> upper;
  /// Of numbers that stand non-centred in z: what the transform takes is location + scale z.
  std::span<const double> location = {};
  std::span<const double> scale = {};
};

/// x from z. Inputs: z, then lower, then upper, each where given; bounds may be latent. A finite z
/// gives an x strictly between the bounds, as far as there are numbers between them; an overflow
/// gives infinity.
std::unique_ptr<Operation> make_constrain(const TransformShape& shape, BoundForms bounds = {});

/// log |det dx/dz| summed over all events: one number. Inputs: z, x, then the bounds where given.
/// The derivative goes to z and the bounds, never to x. Measured in the free entries of x: all but
/// the last of a simplex, those below the diagonal of a correlation matrix or its factor, those on
/// and below it of a covariance matrix or its factor. For sum_to_zero, an isometry, it is 0. A
/// unit_vector has a coordinate to spare: this is the log density of |z| that makes the integral
/// over z of a density at z / |z| that over the sphere. -infinity where the bounds leave no room.
std::unique_ptr<Operation> make_log_jacobian(const TransformShape& shape, BoundForms bounds = {});

/// Whether x is z itself, so that neither operation is needed.
bool is_identity(const TransformShape& shape, BoundForms bounds = {});

/// z from x; sizes as above. If x does not lie strictly inside the support: what is wrong, such as
/// "entry 3 is -1, not greater than 0", and z is not to be used. Sums, lengths and symmetry may be
/// off by a relative 1e-8.
std::optional<std::string> unconstrain(const TransformShape& shape, const BoundValues& bounds,
                                       std::span<const double> x, std::span<double> z);

/// How entry `element` of x follows from z, whose first coordinate is `offset`; bounds must be
/// fixed. A constant (the 0s of a factor, the 1s of a correlation matrix) is the identity with
/// scale 0.
ScalarMap scalar_map(const TransformShape& shape, const BoundValues& bounds, Index element,
                     Index offset);

}  // namespace vippl::runtime
