#pragma once
#include "tests/support/reference/tensor.h"

namespace vippl::reference {

/// The lower factor of a symmetric positive definite matrix.
Tensor cholesky(const Tensor& a);
/// a x = b by elimination with pivots; b is a vector or a matrix.
Tensor solve(const Tensor& a, const Tensor& b);
Tensor inverse(const Tensor& a);
double determinant(const Tensor& a);
/// Of a symmetric matrix: the columns, in ascending order of their eigenvalues, each with its
/// largest element positive.
Tensor eigenvectors(const Tensor& a);
Tensor matrix_exp(const Tensor& a);

}  // namespace vippl::reference
