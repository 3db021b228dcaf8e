#include "inference/whitening.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <limits>
#include <utility>

namespace vippl::inference {

namespace {

using Matrix = Eigen::MatrixXd;

}  // namespace

Whitening::Whitening(Start start) : start_(std::move(start)) {
  if (start_.loadings.size() == 0) return;
  // diag(own)^2 + loadings loadings' = L L' with L = diag(own) (I + Q diag(stretch) Q'), where
  // the columns of Q span the loadings in units of the own scales.
  const Matrix spread = start_.own_scale.cwiseInverse().asDiagonal() * start_.loadings;
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(spread.transpose() * spread);
  const Eigen::VectorXd squares = eigen.eigenvalues().cwiseMax(std::numeric_limits<double>::min());
  directions_ = spread * eigen.eigenvectors() * squares.cwiseSqrt().cwiseInverse().asDiagonal();
  stretch_ = (1 + squares.array()).sqrt() - 1;
}

void Whitening::place(const Points& w, Points& z) const {
  spread(w, z);
  z.rowwise() += start_.location.transpose();
}

void Whitening::spread(const Points& w, Points& shift) const {
  if (stretch_.size() > 0)
    shift.noalias() = stretched(w, stretch_) * start_.own_scale.asDiagonal();
  else if (start_.precision.size() > 0)
    start_.precision.place(w, shift);
  else if (start_.factor.size() > 0)
    shift.noalias() = w * start_.factor.transpose();
  else
    shift.noalias() = w * start_.scale.asDiagonal();
}

void Whitening::pull(const Points& dz, Points& dw) const {
  if (stretch_.size() > 0)
    dw = stretched(dz * start_.own_scale.asDiagonal(), stretch_);
  else if (start_.precision.size() > 0)
    start_.precision.pull(dz, dw);
  else if (start_.factor.size() > 0)
    dw.noalias() = dz * start_.factor;
  else
    dw.noalias() = dz * start_.scale.asDiagonal();
}

Points Whitening::standardise(const Points& z) const {
  Points w = z.rowwise() - start_.location.transpose();
  if (stretch_.size() > 0) {
    const Eigen::VectorXd back = (1 + stretch_.array()).inverse() - 1;
    return stretched(w * start_.own_scale.cwiseInverse().asDiagonal(), back);
  }
  if (start_.precision.size() > 0) {
    const Points shift = w;
    start_.precision.standardise(shift, w);
  } else if (start_.factor.size() > 0) {
    start_.factor.transpose().triangularView<Eigen::Upper>().solveInPlace<Eigen::OnTheRight>(w);
  } else {
    for (Eigen::Index j = 0; j < w.cols(); ++j) w.col(j) /= start_.scale[j];
  }
  return w;
}

Whitening Whitening::within(const Eigen::VectorXd& location, const Matrix& factor) const {
  Points place_of_location(1, location.size());
  place(location.transpose(), place_of_location);
  Points columns(factor.rows(), factor.cols());  // row j: column j of W factor
  spread(factor.transpose(), columns);
  // Its lower triangle: W factor = L Q' with the R of the transpose as L'.
  Matrix lower = columns.householderQr().matrixQR().triangularView<Eigen::Upper>().transpose();
  for (Eigen::Index j = 0; j < lower.cols(); ++j)
    if (lower(j, j) < 0) lower.col(j) *= -1;
  return Whitening(normal_start(place_of_location.row(0), std::move(lower)));
}

Points Whitening::stretched(const Points& w, const Eigen::VectorXd& by) const {
  return w + (w * directions_) * by.asDiagonal() * directions_.transpose();
}

}  // namespace vippl::inference
