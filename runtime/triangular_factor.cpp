#include "runtime/triangular_factor.h"

#include <Eigen/QR>
#include <algorithm>

namespace vippl::runtime {

using Eigen::Index;

Eigen::MatrixXd triangular_factor(const Eigen::Ref<const RowMajorMatrix>& rows) {
  const Index columns = rows.cols();
  Eigen::MatrixXd stacked;  // columns contiguous, as reflections want them
  if (rows.rows() <= 8 * columns) {
    stacked = rows;
  } else {
    const Index half = rows.rows() / 2;
    const Eigen::MatrixXd top = triangular_factor(rows.topRows(half));
    const Eigen::MatrixXd bottom = triangular_factor(rows.bottomRows(rows.rows() - half));
    stacked.resize(top.rows() + bottom.rows(), columns);
    stacked << top, bottom;
  }
  if (stacked.rows() <= 1) return stacked;
  const Eigen::HouseholderQR<Eigen::MatrixXd> decomposition(stacked);
  const Index kept = std::min(stacked.rows(), columns);
  Eigen::MatrixXd triangle = decomposition.matrixQR().topRows(kept);
  for (Index j = 0; j < columns; ++j) {
    for (Index i = j + 1; i < kept; ++i) triangle(i, j) = 0;
  }
  return triangle;
}

}  // namespace vippl::runtime
