#pragma once
#include <Eigen/Core>

namespace vippl::runtime {

using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// R of a thin QR of `rows`, min(n, p) x p: R' R = X' X, and lengths and angles of columns are
/// those of X. By Householder reflections of few rows at a time, pairwise: so it goes through X
/// once, and the rounding error hardly grows with the number of rows.
Eigen::MatrixXd triangular_factor(const Eigen::Ref<const RowMajorMatrix>& rows);

}  // namespace vippl::runtime
