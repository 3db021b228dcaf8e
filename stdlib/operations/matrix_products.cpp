#include <fmt/format.h>

#include <algorithm>

#include "runtime/lanes.h"
#include "stdlib/operations/matrices.h"

namespace vippl::stdlib {

namespace {

using lang::ArgumentType;
using lang::Element;
using lang::Mismatch;
using lang::ResultType;
using runtime::Index;

class Trace final : public runtime::LaneOperation {
 public:
  explicit Trace(Index k) : LaneOperation({k * k}, 1), k_(k) {}
  std::string_view name() const override { return "trace"; }

 protected:
  void forward_lane(std::span<const double* const> in, double* out, double*) const override {
    *out = 0;
    for (Index i = 0; i < k_; ++i) *out += in[0][i * (k_ + 1)];
  }
  void backward_lane(std::span<const double* const>, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double*) const override {
    for (Index i = 0; in_adjoint[0] != nullptr && i < k_; ++i) {
      in_adjoint[0][i * (k_ + 1)] += *out_adjoint;
    }
  }

 private:
  Index k_;
};

// X' A X, with X of `columns` columns. Scratch: A X.
class QuadForm final : public runtime::LaneOperation {
 public:
  QuadForm(Index k, Index columns)
      : LaneOperation({k * k, k * columns}, columns * columns), k_(k), columns_(columns) {}
  std::string_view name() const override { return "quad_form"; }

 protected:
  Index lane_scratch_size() const override { return k_ * columns_; }
  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    std::fill_n(scratch, k_ * columns_, 0.0);
    std::fill_n(out, columns_ * columns_, 0.0);
    for_each([&](Index a, Index x1, Index x2) { scratch[x1] += in[0][a] * in[1][x2]; });
    for (Index i = 0; i < k_; ++i) {
      for (Index c = 0; c < columns_; ++c) {
        for (Index d = 0; d < columns_; ++d) {
          out[c * columns_ + d] += in[1][i * columns_ + c] * scratch[i * columns_ + d];
        }
      }
    }
  }
  // With G the adjoint: X G X' for A, and A X G' + A' X G for X.
  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    double* const x_adjoint = in_adjoint[1];
    for (Index i = 0; x_adjoint != nullptr && i < k_; ++i) {
      for (Index c = 0; c < columns_; ++c) {
        for (Index d = 0; d < columns_; ++d) {
          x_adjoint[i * columns_ + c] += scratch[i * columns_ + d] * out_adjoint[c * columns_ + d];
        }
      }
    }
    // X G now takes the place of A X.
    std::fill_n(scratch, k_ * columns_, 0.0);
    for (Index i = 0; i < k_; ++i) {
      for (Index c = 0; c < columns_; ++c) {
        for (Index d = 0; d < columns_; ++d) {
          scratch[i * columns_ + d] += in[1][i * columns_ + c] * out_adjoint[c * columns_ + d];
        }
      }
    }
    for_each([&](Index a, Index x1, Index x2) {
      if (x_adjoint != nullptr) x_adjoint[x2] += in[0][a] * scratch[x1];
      if (in_adjoint[0] != nullptr) in_adjoint[0][a] += scratch[x1] * in[1][x2];
    });
  }

 private:
  // body(place of A[i, j], place of X[i, c], place of X[j, c])
  template <class Body>
  void for_each(Body&& body) const {
    for (Index i = 0; i < k_; ++i) {
      for (Index j = 0; j < k_; ++j) {
        for (Index c = 0; c < columns_; ++c) body(i * k_ + j, i * columns_ + c, j * columns_ + c);
      }
    }
  }

  Index k_;
  Index columns_;
};

class Kronecker final : public runtime::LaneOperation {
 public:
  Kronecker(std::span<const Index> a, std::span<const Index> b)
      : LaneOperation({a[0] * a[1], b[0] * b[1]}, a[0] * a[1] * b[0] * b[1]),
        a_{a[0], a[1]},
        b_{b[0], b[1]} {}
  std::string_view name() const override { return "kronecker"; }

 protected:
  void forward_lane(std::span<const double* const> in, double* out, double*) const override {
    for_each([&](Index to, Index a, Index b) { out[to] = in[0][a] * in[1][b]; });
  }
  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double*) const override {
    for_each([&](Index to, Index a, Index b) {
      if (in_adjoint[0] != nullptr) in_adjoint[0][a] += in[1][b] * out_adjoint[to];
      if (in_adjoint[1] != nullptr) in_adjoint[1][b] += in[0][a] * out_adjoint[to];
    });
  }

 private:
  template <class Body>
  void for_each(Body&& body) const {
    Index to = 0;
    for (Index i = 0; i < a_[0]; ++i) {
      for (Index p = 0; p < b_[0]; ++p) {
        for (Index j = 0; j < a_[1]; ++j) {
          for (Index q = 0; q < b_[1]; ++q) body(to++, i * a_[1] + j, p * b_[1] + q);
        }
      }
    }
  }

  Index a_[2];
  Index b_[2];
};

// The addend is a number or a vector.
class AddDiagonal final : public runtime::Operation {
 public:
  AddDiagonal(Index k, Index addends) : k_(k), step_(addends == k ? 1 : 0) {}
  std::string_view name() const override { return "add_diagonal"; }

  void forward(const runtime::Frame& frame, std::span<const runtime::Operand> in, double* out,
               double* /*scratch*/) const override {
    const Index size = k_ * k_;
    std::copy_n(in[0].value, size * (in[0].fixed ? 1 : frame.lanes), out);
    if (in[0].fixed) runtime::expand_lanes(out, size, frame.lanes);
    const runtime::LaneStrides addend = runtime::strides(in[1], frame.lanes);
    for (Index i = 0; i < k_; ++i) {
      double* const to = out + i * (k_ + 1) * frame.lanes;
      const double* const from = in[1].value + i * step_ * addend.element;
      for (Index l = 0; l < frame.lanes; ++l) to[l] += from[l * addend.lane];
    }
  }
  void backward(const runtime::Frame& frame, std::span<const runtime::Operand> in,
                const double* /*out*/, const double* out_adjoint,
                double* /*scratch*/) const override {
    for (Index i = 0; in[0].adjoint != nullptr && i < k_ * k_ * frame.lanes; ++i)
      in[0].adjoint[i] += out_adjoint[i];
    for (Index i = 0; in[1].adjoint != nullptr && i < k_; ++i) {
      for (Index l = 0; l < frame.lanes; ++l)
        in[1].adjoint[i * step_ * frame.lanes + l] += out_adjoint[i * (k_ + 1) * frame.lanes + l];
    }
  }

 private:
  Index k_;
  Index step_;
};

}  // namespace

MatrixOperation make_trace(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Trace>(arguments[0].extents[0]);
}

TypeResult quad_form_shape(std::span<const ArgumentType> arguments) {
  TypeResult result = solve_shape(arguments);
  auto* type = std::get_if<ResultType>(&result);
  if (type == nullptr) return result;
  lang::Shape& shape = type->shape;
  shape.erase(shape.begin());
  if (!shape.empty()) shape.push_back(shape.front());
  return result;
}

MatrixOperation make_quad_form(MatrixArguments arguments, const lang::Shape& /*result*/) {
  const std::vector<Index>& x = arguments[1].extents;
  return std::make_shared<const QuadForm>(x[0], x.size() == 1 ? 1 : x[1]);
}

TypeResult kronecker_shape(std::span<const ArgumentType> arguments) {
  for (std::size_t k = 0; k < 2; ++k) {
    if (arguments[k].shape.size() == 2) continue;
    return Mismatch{
        k, fmt::format("a matrix is expected, got shape {}", lang::text(arguments[k].shape))};
  }
  const lang::Shape& a = arguments[0].shape;
  const lang::Shape& b = arguments[1].shape;
  return ResultType{Element::real, {a[0] * b[0], a[1] * b[1]}};
}

MatrixOperation make_kronecker(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Kronecker>(arguments[0].extents, arguments[1].extents);
}

TypeResult add_diagonal_shape(std::span<const ArgumentType> arguments) {
  using enum lang::Size::Comparison;
  const lang::Shape& a = arguments[0].shape;
  const lang::Shape& addend = arguments[1].shape;
  if (a.size() != 2 || compare(a[0], a[1]) == different) {
    return Mismatch{0, fmt::format("a square matrix is expected, got shape {}", lang::text(a))};
  }
  if (addend.size() > 1 || (addend.size() == 1 && compare(addend[0], a[0]) == different)) {
    return Mismatch{1, fmt::format("a number or a vector of size {} is expected, got shape {}",
                                   a[0].text(), lang::text(addend))};
  }
  return ResultType{Element::real, a};
}

MatrixOperation make_add_diagonal(MatrixArguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const AddDiagonal>(arguments[0].extents[0], arguments[1].size);
}

}  // namespace vippl::stdlib
