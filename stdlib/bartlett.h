#pragma once
#include <span>

#include "runtime/random.h"

// What the Wishart distribution and its inverse share.

namespace vippl::stdlib {

/// Whether these are the degrees of freedom of a proper Wishart distribution of k x k matrices.
bool are_wishart_df(double df, std::size_t k);

/// The part of the log densities that depends on df and k only, and its derivative by df:
/// -df k / 2 log 2 - log gamma_k(df / 2).
double wishart_constant(double df, std::size_t k);
double wishart_constant_by_df(double df, std::size_t k);

/// The lower triangular factor of a Wishart matrix whose scale matrix is the identity, k x k.
/// Bartlett (1933), Proc. R. Soc. Edinburgh 53.
void draw_bartlett_factor(double df, runtime::Rng& rng, std::span<double> factor, std::size_t k);

}  // namespace vippl::stdlib
