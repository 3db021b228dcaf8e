#include "stdlib/operations/matrices.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::Support;

constexpr Parameter square[] = {{"a", Support::real, "k, k"}};
constexpr Parameter factor[] = {{"L", Support::real, "k, k"}};
constexpr Parameter a_b[] = {{"a", Support::real, "*"}, {"b", Support::real, "*"}};
constexpr Parameter lower_b[] = {{"L", Support::real, "*"}, {"b", Support::real, "*"}};
constexpr Parameter a_x[] = {{"a", Support::real, "*"}, {"x", Support::real, "*"}};

constexpr runtime::Function rows[] = {
    {{.name = "cholesky",
      .parameters = square,
      .summary = "the lower triangular L with L @ L' = a, of a positive definite matrix",
      .result = "k, k"},
     &make_cholesky},
    {{.name = "solve",
      .parameters = a_b,
      .summary = "the x with a @ x = b",
      .result = "*",
      .rule = &solve_shape},
     &make_solve},
    {{.name = "solve_lower",
      .parameters = lower_b,
      .summary = "the x with L @ x = b, of a lower triangular L",
      .result = "*",
      .rule = &solve_shape},
     &make_solve_lower},
    {{.name = "inverse",
      .parameters = square,
      .summary = "the inverse of a matrix",
      .result = "k, k"},
     &make_inverse},
    {{.name = "det", .parameters = square, .summary = "the determinant", .result = ""}, &make_det},
    {{.name = "log_det",
      .parameters = square,
      .summary = "logarithm of the absolute determinant",
      .result = ""},
     &make_log_det},
    {{.name = "trace", .parameters = square, .summary = "sum of the diagonal", .result = ""},
     &make_trace},
    {{.name = "quad_form",
      .parameters = a_x,
      .summary = "x' a x: a number for a vector x, a matrix for a matrix",
      .result = "*",
      .rule = &quad_form_shape},
     &make_quad_form},
    {{.name = "kronecker",
      .parameters = a_b,
      .summary = "the Kronecker product: b times each element of a",
      .result = "*",
      .rule = &kronecker_shape},
     &make_kronecker},
    {{.name = "add_diagonal",
      .parameters = a_x,
      .summary = "a with a number, or a vector, added to its diagonal",
      .result = "*",
      .rule = &add_diagonal_shape},
     &make_add_diagonal},
    {{.name = "corr_from_cholesky",
      .parameters = factor,
      .summary = "the matrix L @ L' of a Cholesky factor",
      .result = "k, k"},
     &make_corr_from_cholesky},
    {{.name = "eigenvalues",
      .parameters = square,
      .summary = "the eigenvalues of a symmetric matrix, ascending",
      .result = "k"},
     &make_eigenvalues},
    {{.name = "eigenvectors",
      .parameters = square,
      .summary = "the eigenvectors of a symmetric matrix as columns, in the order of eigenvalues; "
                 "the largest element of each is positive",
      .result = "k, k"},
     &make_eigenvectors},
    {{.name = "matrix_exp",
      .parameters = square,
      .summary = "the exponential of a matrix",
      .source = "Higham (2005), SIAM J. Matrix Anal. Appl. 26(4)",
      .result = "k, k"},
     &make_matrix_exp},
};

}  // namespace

constinit const FunctionTable linear_algebra = rows;

}  // namespace vippl::stdlib::functions
