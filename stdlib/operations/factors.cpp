#include <Eigen/Eigenvalues>
#include <algorithm>
#include <limits>

#include "runtime/jitter.h"
#include "runtime/linear_algebra.h"
#include "stdlib/operations/matrices.h"

namespace vippl::stdlib {

namespace {

using runtime::Index;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Scratch: room for the adjoint, then the jitter that forward added.
class Cholesky final : public runtime::LaneOperation, public runtime::Jittering {
 public:
  explicit Cholesky(Index k) : LaneOperation({k * k}, k * k), k_(k) {}
  std::string_view name() const override { return "cholesky"; }
  double jitter(const double* matrix) const override {
    std::vector<double> factor(static_cast<std::size_t>(k_ * k_));
    return runtime::cholesky_with_jitter(matrix, k_, factor.data());
  }

 protected:
  Index lane_scratch_size() const override { return k_ * k_ + 1; }
  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    scratch[k_ * k_] = runtime::cholesky_with_jitter(in[0], k_, out);
  }
  void backward_lane(std::span<const double* const>, const double* out, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    if (in_adjoint[0] == nullptr) return;
    runtime::cholesky_adjoint(out, out_adjoint, k_, scratch);
    // The jitter is a share of the mean of the diagonal, so it has derivatives too.
    double trace = 0;
    for (Index i = 0; i < k_; ++i) trace += scratch[i * (k_ + 1)];
    const double by_mean = scratch[k_ * k_] * trace / static_cast<double>(k_);
    for (Index i = 0; i < k_; ++i) scratch[i * (k_ + 1)] += by_mean;
    for (Index i = 0; i < k_ * k_; ++i) in_adjoint[0][i] += scratch[i];
  }

 private:
  Index k_;
};

class SolveLower final : public runtime::LaneOperation {
 public:
  SolveLower(Index k, Index columns)
      : LaneOperation({k * k, k * columns}, k * columns), k_(k), columns_(columns) {}
  std::string_view name() const override { return "solve_lower"; }

 protected:
  Index lane_scratch_size() const override { return k_ * columns_; }
  void forward_lane(std::span<const double* const> in, double* out, double*) const override {
    std::copy_n(in[1], k_ * columns_, out);
    runtime::solve_lower(in[0], k_, out, columns_);
  }
  void backward_lane(std::span<const double* const> in, const double* out,
                     const double* out_adjoint, std::span<double* const> in_adjoint,
                     double* scratch) const override {
    std::copy_n(out_adjoint, k_ * columns_, scratch);
    runtime::solve_lower_transposed(in[0], k_, scratch, columns_);
    for (Index i = 0; in_adjoint[1] != nullptr && i < k_ * columns_; ++i) {
      in_adjoint[1][i] += scratch[i];
    }
    if (in_adjoint[0] == nullptr) return;
    for (Index i = 0; i < k_; ++i) {
      for (Index j = 0; j <= i; ++j) {
        for (Index c = 0; c < columns_; ++c) {
          in_adjoint[0][i * k_ + j] -= scratch[i * columns_ + c] * out[j * columns_ + c];
        }
      }
    }
  }

 private:
  Index k_;
  Index columns_;
};

// L L', from the lower triangle only.
class CorrFromCholesky final : public runtime::LaneOperation {
 public:
  explicit CorrFromCholesky(Index k) : LaneOperation({k * k}, k * k), k_(k) {}
  std::string_view name() const override { return "corr_from_cholesky"; }

 protected:
  void forward_lane(std::span<const double* const> in, double* out, double*) const override {
    for (Index i = 0; i < k_; ++i) {
      for (Index j = 0; j <= i; ++j) {
        double sum = 0;
        for (Index c = 0; c <= j; ++c) sum += in[0][i * k_ + c] * in[0][j * k_ + c];
        out[i * k_ + j] = out[j * k_ + i] = sum;
      }
    }
  }
  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double*) const override {
    if (in_adjoint[0] == nullptr) return;
    for (Index i = 0; i < k_; ++i) {
      for (Index j = 0; j < k_; ++j) {
        const double both = out_adjoint[i * k_ + j] + out_adjoint[j * k_ + i];
        for (Index c = 0; c <= std::min(i, j); ++c) {
          in_adjoint[0][i * k_ + c] += both * in[0][j * k_ + c];
        }
      }
    }
  }

 private:
  Index k_;
};

// Of a symmetric matrix, ascending. Scratch: the eigenvectors, which are the derivatives. The
// decomposition is Eigen's and allocates.
class Eigenvalues final : public runtime::LaneOperation {
 public:
  explicit Eigenvalues(Index k) : LaneOperation({k * k}, k), k_(k) {}
  std::string_view name() const override { return "eigenvalues"; }

 protected:
  Index lane_scratch_size() const override { return k_ * k_; }
  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    const Eigen::Map<const Matrix> matrix(in[0], k_, k_);
    Eigen::Map<Eigen::VectorXd> values(out, k_);
    Eigen::Map<Matrix> vectors(scratch, k_, k_);
    if (!matrix.allFinite()) {
      values.setConstant(std::numeric_limits<double>::quiet_NaN());
      vectors.setConstant(std::numeric_limits<double>::quiet_NaN());
      return;
    }
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(matrix);
    values = solver.eigenvalues();
    vectors = solver.eigenvectors();
  }
  void backward_lane(std::span<const double* const>, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    if (in_adjoint[0] == nullptr) return;
    for (Index i = 0; i < k_; ++i) {
      for (Index j = 0; j < k_; ++j) {
        for (Index c = 0; c < k_; ++c) {
          in_adjoint[0][i * k_ + j] += scratch[i * k_ + c] * scratch[j * k_ + c] * out_adjoint[c];
        }
      }
    }
  }

 private:
  Index k_;
};

}  // namespace

MatrixOperation make_cholesky(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Cholesky>(arguments[0].extents[0]);
}

MatrixOperation make_solve_lower(MatrixArguments arguments, const lang::Shape& /*result*/) {
  const std::vector<Index>& b = arguments[1].extents;
  return std::make_shared<const SolveLower>(b[0], b.size() == 1 ? 1 : b[1]);
}

MatrixOperation make_corr_from_cholesky(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const CorrFromCholesky>(arguments[0].extents[0]);
}

MatrixOperation make_eigenvalues(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Eigenvalues>(arguments[0].extents[0]);
}

}  // namespace vippl::stdlib
