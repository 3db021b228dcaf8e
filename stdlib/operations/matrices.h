#pragma once
#include "stdlib/rules.h"

// Operations on matrices. Factors and determinants of what cannot be factorised are NaN.

namespace vippl::stdlib {

using MatrixOperation = std::shared_ptr<const runtime::Operation>;
using MatrixArguments = std::span<const runtime::CallArgument>;

// factors.cpp
MatrixOperation make_cholesky(MatrixArguments arguments, const lang::Shape& result);
MatrixOperation make_solve_lower(MatrixArguments arguments, const lang::Shape& result);
MatrixOperation make_corr_from_cholesky(MatrixArguments arguments, const lang::Shape& result);
MatrixOperation make_eigenvalues(MatrixArguments arguments, const lang::Shape& result);

// matrix_functions.cpp
MatrixOperation make_eigenvectors(MatrixArguments arguments, const lang::Shape& result);
MatrixOperation make_matrix_exp(MatrixArguments arguments, const lang::Shape& result);

// inverses.cpp
/// Rule of functions of a matrix [k, k] and a vector [k] or matrix [k, m]: the shape of the second.
TypeResult solve_shape(std::span<const lang::ArgumentType> arguments);
MatrixOperation make_solve(MatrixArguments arguments, const lang::Shape& result);
MatrixOperation make_inverse(MatrixArguments arguments, const lang::Shape& result);
MatrixOperation make_det(MatrixArguments arguments, const lang::Shape& result);
MatrixOperation make_log_det(MatrixArguments arguments, const lang::Shape& result);

// matrix_products.cpp
MatrixOperation make_trace(MatrixArguments arguments, const lang::Shape& result);
TypeResult quad_form_shape(std::span<const lang::ArgumentType> arguments);
MatrixOperation make_quad_form(MatrixArguments arguments, const lang::Shape& result);
TypeResult kronecker_shape(std::span<const lang::ArgumentType> arguments);
MatrixOperation make_kronecker(MatrixArguments arguments, const lang::Shape& result);
TypeResult add_diagonal_shape(std::span<const lang::ArgumentType> arguments);
MatrixOperation make_add_diagonal(MatrixArguments arguments, const lang::Shape& result);

}  // namespace vippl::stdlib
