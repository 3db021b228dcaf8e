#include <fmt/format.h>

#include <algorithm>

#include "runtime/linear_algebra.h"
#include "runtime/lu.h"
#include "stdlib/operations/matrices.h"

namespace vippl::stdlib {

namespace {

using lang::Mismatch;
using runtime::Index;

// to += sign * a b', where a is n x m and b is k x m.
void add_outer(const double* a, const double* b, Index n, Index k, Index m, double sign,
               double* to) {
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < k; ++j) {
      double sum = 0;
      for (Index c = 0; c < m; ++c) sum += a[i * m + c] * b[j * m + c];
      to[i * k + j] += sign * sum;
    }
  }
}

void set_identity(double* a, Index k) {
  std::fill_n(a, k * k, 0.0);
  for (Index i = 0; i < k; ++i) a[i * (k + 1)] = 1;
}

// Scratch: the factors of A, the pivots, a right side.
class Solve final : public runtime::LaneOperation {
 public:
  Solve(Index k, Index columns)
      : LaneOperation({k * k, k * columns}, k * columns), k_(k), columns_(columns) {}
  std::string_view name() const override { return "solve"; }

 protected:
  Index lane_scratch_size() const override { return k_ * (k_ + 1 + columns_); }
  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    std::copy_n(in[0], k_ * k_, scratch);
    runtime::lu_factor(scratch, k_, scratch + k_ * k_);
    std::copy_n(in[1], k_ * columns_, out);
    runtime::lu_solve(scratch, scratch + k_ * k_, k_, out, columns_);
  }
  void backward_lane(std::span<const double* const>, const double* out, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    double* const right = scratch + k_ * (k_ + 1);
    std::copy_n(out_adjoint, k_ * columns_, right);
    runtime::lu_solve_transposed(scratch, scratch + k_ * k_, k_, right, columns_);
    if (in_adjoint[0] != nullptr) add_outer(right, out, k_, k_, columns_, -1, in_adjoint[0]);
    if (in_adjoint[1] == nullptr) return;
    for (Index i = 0; i < k_ * columns_; ++i) in_adjoint[1][i] += right[i];
  }

 private:
  Index k_;
  Index columns_;
};

// Scratch: the factors, the pivots, a product.
class Inverse final : public runtime::LaneOperation {
 public:
  explicit Inverse(Index k) : LaneOperation({k * k}, k * k), k_(k) {}
  std::string_view name() const override { return "inverse"; }

 protected:
  Index lane_scratch_size() const override { return k_ * (2 * k_ + 1); }
  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    std::copy_n(in[0], k_ * k_, scratch);
    runtime::lu_factor(scratch, k_, scratch + k_ * k_);
    set_identity(out, k_);
    runtime::lu_solve(scratch, scratch + k_ * k_, k_, out, k_);
  }
  // - A^-T (adjoint) A^-T
  void backward_lane(std::span<const double* const>, const double* out, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    if (in_adjoint[0] == nullptr) return;
    double* const product = scratch + k_ * (k_ + 1);
    std::copy_n(out_adjoint, k_ * k_, product);
    runtime::lu_solve_transposed(scratch, scratch + k_ * k_, k_, product, k_);
    add_outer(product, out, k_, k_, k_, -1, in_adjoint[0]);
  }

 private:
  Index k_;
};

enum class Scale { plain, logarithm };

class Determinant final : public runtime::LaneOperation {
 public:
  Determinant(Index k, Scale scale) : LaneOperation({k * k}, 1), k_(k), scale_(scale) {}
  std::string_view name() const override { return scale_ == Scale::plain ? "det" : "log_det"; }

 protected:
  Index lane_scratch_size() const override { return k_ * (2 * k_ + 1); }
  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    std::copy_n(in[0], k_ * k_, scratch);
    runtime::lu_factor(scratch, k_, scratch + k_ * k_);
    *out = scale_ == Scale::plain ? runtime::lu_determinant(scratch, scratch + k_ * k_, k_)
                                  : runtime::lu_log_determinant(scratch, k_);
  }
  // A^-T, times det A for the determinant itself.
  void backward_lane(std::span<const double* const>, const double* out, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    if (in_adjoint[0] == nullptr) return;
    double* const inverse = scratch + k_ * (k_ + 1);
    set_identity(inverse, k_);
    runtime::lu_solve_transposed(scratch, scratch + k_ * k_, k_, inverse, k_);
    const double factor = scale_ == Scale::plain ? *out * *out_adjoint : *out_adjoint;
    for (Index i = 0; i < k_ * k_; ++i) in_adjoint[0][i] += factor * inverse[i];
  }

 private:
  Index k_;
  Scale scale_;
};

}  // namespace

TypeResult solve_shape(std::span<const lang::ArgumentType> arguments) {
  using enum lang::Size::Comparison;
  const lang::Shape& a = arguments[0].shape;
  const lang::Shape& b = arguments[1].shape;
  if (a.size() != 2 || compare(a[0], a[1]) == different) {
    return Mismatch{0, fmt::format("a square matrix is expected, got shape {}", lang::text(a))};
  }
  if (b.empty() || b.size() > 2 || compare(a[1], b[0]) == different) {
    return Mismatch{1, fmt::format("a vector or matrix of {} rows is expected, got shape {}",
                                   a[1].text(), lang::text(b))};
  }
  return lang::ResultType{lang::Element::real, b};
}

MatrixOperation make_solve(MatrixArguments arguments, const lang::Shape& /*result*/) {
  const std::vector<Index>& b = arguments[1].extents;
  return std::make_shared<const Solve>(b[0], b.size() == 1 ? 1 : b[1]);
}

MatrixOperation make_inverse(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Inverse>(arguments[0].extents[0]);
}

MatrixOperation make_det(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Determinant>(arguments[0].extents[0], Scale::plain);
}

MatrixOperation make_log_det(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Determinant>(arguments[0].extents[0], Scale::logarithm);
}

}  // namespace vippl::stdlib
