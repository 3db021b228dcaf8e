#pragma once
#include <span>

#include "runtime/random.h"
#include "stdlib/dual.h"

// What the distributions of a correlation matrix and of its Cholesky factor share. Lewandowski,
// Kurowicka & Joe (2009), J. Multivariate Analysis 100(9).

namespace vippl::stdlib {

/// The constant of the density of the k x k correlation matrix, which is that of its factor too,
/// and its derivative.
Dual<1> lkj_log_normaliser(double shape, std::size_t k);

/// Row by row: row i is a point of the unit half sphere, with squared distance from the axis beta
/// distributed. `factor` is k x k.
void draw_lkj_factor(double shape, runtime::Rng& rng, std::span<double> factor);

}  // namespace vippl::stdlib
