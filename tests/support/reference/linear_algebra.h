#pragma once
#include "tests/support/reference/tensor.h"

namespace vippl::reference {

/// The lower factor of a symmetric positive definite matrix.
Tensor cholesky(const Tensor& a);
/// a x = b by elimination with pivots; b is a vector or a matrix.
Tensor solve(const Tensor& a, const Tensor& b);
Tensor inverse(const Tensor& a);
double determinant(const Tensor& a);

}  // namespace vippl::reference
