#include <Eigen/Eigenvalues>
#include <limits>
#include <unsupported/Eigen/MatrixFunctions>

#include "stdlib/operations/matrices.h"

// Functions of a matrix whose decompositions are Eigen's and allocate.

namespace vippl::stdlib {

namespace {

using runtime::Index;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixMap = Eigen::Map<Matrix>;
using ConstMatrixMap = Eigen::Map<const Matrix>;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Scratch: the eigenvalues.
class Eigenvectors final : public runtime::LaneOperation {
 public:
  explicit Eigenvectors(Index k) : LaneOperation({k * k}, k * k), k_(k) {}
  std::string_view name() const override { return "eigenvectors"; }

 protected:
  Index lane_scratch_size() const override { return k_; }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    const ConstMatrixMap matrix(in[0], k_, k_);
    Eigen::Map<Eigen::VectorXd> values(scratch, k_);
    MatrixMap vectors(out, k_, k_);
    if (!matrix.allFinite()) {
      values.setConstant(not_a_number);
      vectors.setConstant(not_a_number);
      return;
    }
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(matrix);
    values = solver.eigenvalues();
    vectors = solver.eigenvectors();
    // An eigenvector has no sign of its own: its largest element is made positive.
    for (Index c = 0; c < k_; ++c) {
      Index at = 0;
      vectors.col(c).cwiseAbs().maxCoeff(&at);
      if (vectors(at, c) < 0) vectors.col(c) *= -1;
    }
  }

  // A change of the matrix turns each vector towards the others, by the element of the change
  // between them over the difference of the eigenvalues.
  void backward_lane(std::span<const double* const>, const double* out, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    if (in_adjoint[0] == nullptr) return;
    const ConstMatrixMap vectors(out, k_, k_);
    Matrix turn = vectors.transpose() * ConstMatrixMap(out_adjoint, k_, k_);
    for (Index i = 0; i < k_; ++i)
      for (Index j = 0; j < k_; ++j)
        turn(i, j) = i == j ? 0 : turn(i, j) / (scratch[j] - scratch[i]);
    const Matrix adjoint = vectors * turn * vectors.transpose();
    MatrixMap(in_adjoint[0], k_, k_) += 0.5 * (adjoint + adjoint.transpose());
  }

 private:
  Index k_;
};

class MatrixExp final : public runtime::LaneOperation {
 public:
  explicit MatrixExp(Index k) : LaneOperation({k * k}, k * k), k_(k) {}
  std::string_view name() const override { return "matrix_exp"; }

 protected:
  void forward_lane(std::span<const double* const> in, double* out, double*) const override {
    const ConstMatrixMap matrix(in[0], k_, k_);
    MatrixMap result(out, k_, k_);
    if (matrix.allFinite()) {
      result = matrix.exp();
    } else {
      result.setConstant(not_a_number);
    }
  }

  // The derivative of exp(A) in the direction E is the upper right block of exp([A E; 0 A]); its
  // transpose is that of A' in the direction of the adjoint. Higham (2008), Functions of Matrices,
  // ch. 3.
  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double*) const override {
    const ConstMatrixMap direction(out_adjoint, k_, k_);
    if (in_adjoint[0] == nullptr || k_ == 0) return;
    // The exponential of matrices with infinite or missing entries is not attempted. The direction
    // is made as large as 1, which keeps it from deciding how often the matrix is halved.
    const double size = direction.cwiseAbs().maxCoeff();
    const ConstMatrixMap matrix(in[0], k_, k_);
    if (size == 0) return;
    if (!matrix.allFinite() || !direction.allFinite()) {
      MatrixMap(in_adjoint[0], k_, k_).array() += not_a_number;
      return;
    }
    Matrix block = Matrix::Zero(2 * k_, 2 * k_);
    block.topLeftCorner(k_, k_) = matrix.transpose();
    block.topRightCorner(k_, k_) = direction / size;
    block.bottomRightCorner(k_, k_) = matrix.transpose();
    const Matrix exponential = block.exp();
    MatrixMap(in_adjoint[0], k_, k_) += size * exponential.topRightCorner(k_, k_);
  }

 private:
  Index k_;
};

}  // namespace

MatrixOperation make_eigenvectors(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Eigenvectors>(arguments[0].extents[0]);
}

MatrixOperation make_matrix_exp(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const MatrixExp>(arguments[0].extents[0]);
}

}  // namespace vippl::stdlib
