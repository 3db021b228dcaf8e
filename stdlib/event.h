#pragma once
#include <cstddef>
#include <span>

#include "runtime/registry.h"

// What the densities over vectors and matrices share. Elements of a call's arguments are contiguous
// doubles.

namespace vippl::stdlib {

/// How far a sum that should be 1 may be off, as the sum of a simplex or the squared row of a
/// correlation's factor: rounding in the script or in the digits of a data file.
inline constexpr double unit_tolerance = 1e-8;

/// Number of elements of one event.
runtime::Index event_size(const runtime::EventArgument& argument);

/// The elements that row r reads.
std::span<const double> row_values(const runtime::EventArgument& argument, runtime::Index r);

/// The adjoint of what row r reads; empty where none is wanted.
std::span<double> row_adjoint(const runtime::EventArgument& argument, runtime::Index r);

/// Whether what depends on this argument alone has to be computed (again) at row r.
bool is_new(const runtime::EventArgument& argument, runtime::Index r);

bool has_nan(std::span<const double> values);
bool are_finite(std::span<const double> values);
/// And finite.
bool are_positive(std::span<const double> values);
bool is_simplex(std::span<const double> values);
/// Finite and increasing.
bool is_ordered(std::span<const double> values);
/// k x k, up to rounding.
bool is_symmetric(std::span<const double> matrix, runtime::Index k);
/// k x k, lower triangular with a positive, finite diagonal.
bool is_cholesky_factor(std::span<const double> matrix, runtime::Index k);

/// log of the sum of exp(x), of at least one number, all finite.
double log_sum_exp(std::span<const double> values);

/// Whether y is one of 1 to `size`.
bool is_category(double y, std::size_t size);

/// The log density where the arguments are not inside the domains: NaN if some are NaN, else
/// -infinity.
double outside(const runtime::EventCall& call, runtime::Index r);

/// The weight of row r, 0 in a call for values only.
double weight_of(const runtime::EventCall& call, runtime::Index r);

/// For densities that need no scratch memory.
runtime::Index no_scratch(runtime::Index rows, std::span<const runtime::EventArgument> arguments);

}  // namespace vippl::stdlib
