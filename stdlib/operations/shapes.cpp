#include "stdlib/operations/shapes.h"

#include <fmt/format.h>

#include <numeric>

#include "runtime/broadcast.h"
#include "runtime/elementwise_operation.h"
#include "runtime/rearrange.h"
#include "runtime/value.h"
#include "stdlib/operations/constant.h"
#include "stdlib/operations/fibre_operation.h"
#include "stdlib/operations/unary_operation.h"

namespace vippl::stdlib {

namespace {

using runtime::Index;
using runtime::Piece;

OperationPointer constant_of(std::string_view name, double value, Index size) {
  return std::make_shared<const ConstantOperation>(name, value, size);
}

// A vector on the diagonal of a matrix of zeros.
class DiagonalMatrix final : public UnaryOperation {
 public:
  explicit DiagonalMatrix(Index k) : UnaryOperation("diagonal_matrix", k * k), k_(k) {}

 protected:
  void compute(const double* x, Index lanes, double* out) const override {
    std::fill_n(out, k_ * k_ * lanes, 0.0);
    for (Index i = 0; i < k_; ++i) std::copy_n(x + i * lanes, lanes, out + place(i, lanes));
  }
  void differentiate(const double*, Index lanes, const double*, const double* out_adjoint,
                     double* x_adjoint) const override {
    for (Index i = 0; i < k_; ++i) {
      for (Index b = 0; b < lanes; ++b) {
        x_adjoint[i * lanes + b] += out_adjoint[place(i, lanes) + b];
      }
    }
  }

 private:
  Index place(Index i, Index lanes) const { return i * (k_ + 1) * lanes; }
  Index k_;
};

// Of neighbours along the first dimension.
class Differences final : public UnaryOperation {
 public:
  Differences(Index count, Index inner)
      : UnaryOperation("diff", count * inner), count_(count), inner_(inner) {}

 protected:
  void compute(const double* x, Index lanes, double* out) const override {
    const Index stride = inner_ * lanes;
    for (Index i = 0; i < count_ * stride; ++i) out[i] = x[i + stride] - x[i];
  }
  void differentiate(const double*, Index lanes, const double*, const double* out_adjoint,
                     double* x_adjoint) const override {
    const Index stride = inner_ * lanes;
    for (Index i = 0; i < count_ * stride; ++i) {
      x_adjoint[i + stride] += out_adjoint[i];
      x_adjoint[i] -= out_adjoint[i];
    }
  }

 private:
  Index count_;
  Index inner_;
};

}  // namespace

OperationPointer make_zeros(Arguments /*arguments*/, const lang::Shape& result) {
  return constant_of("zeros", 0, lang::element_count(result));
}

OperationPointer make_ones(Arguments /*arguments*/, const lang::Shape& result) {
  return constant_of("ones", 1, lang::element_count(result));
}

OperationPointer make_repeat(Arguments arguments, const lang::Shape& /*result*/) {
  const auto times = static_cast<std::size_t>(*arguments[1].data);
  return runtime::make_assemble(std::vector<Piece>(times, {0, 0, arguments[0].size}));
}

OperationPointer make_identity(Arguments /*arguments*/, const lang::Shape& result) {
  class Identity final : public runtime::Operation {
   public:
    explicit Identity(Index k) : k_(k) {}
    std::string_view name() const override { return "identity"; }
    void forward(const runtime::Frame& frame, std::span<const runtime::Operand>, double* out,
                 double*) const override {
      std::fill_n(out, k_ * k_ * frame.lanes, 0.0);
      for (Index i = 0; i < k_; ++i) {
        std::fill_n(out + i * (k_ + 1) * frame.lanes, frame.lanes, 1.0);
      }
    }
    void backward(const runtime::Frame&, std::span<const runtime::Operand>, const double*,
                  const double*, double*) const override {}
    bool is_differentiable() const override { return false; }

   private:
    Index k_;
  };
  return std::make_shared<const Identity>(result[0].extent());
}

OperationPointer make_reshape(Arguments arguments, const lang::Shape& result) {
  const Index size = arguments[0].size;
  if (size != lang::element_count(result)) {
    throw runtime::ArgumentError(
        0, fmt::format("shape {} has {} elements, which do not fill shape {}",
                       lang::text(arguments[0].shape), size, lang::text(result)));
  }
  return runtime::make_slice(0, size);
}

OperationPointer make_concat(Arguments arguments, const lang::Shape& /*result*/) {
  const Arguments parts = arguments.first(arguments.size() - 1);
  const std::size_t axis = axis_of(arguments.back()).value_or(0);
  const Index outer = split(parts[0].extents, axis).outer;
  std::vector<Piece> pieces;
  for (Index o = 0; o < outer; ++o) {
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const Index run = parts[k].size / outer;
      pieces.push_back({static_cast<std::uint32_t>(k), o * run, run});
    }
  }
  return runtime::make_assemble(std::move(pieces));
}

OperationPointer make_reverse(Arguments arguments, const lang::Shape& /*result*/) {
  const AxisSplit axes = split(arguments[0].extents, axis_of(arguments[1]).value_or(0));
  std::vector<Piece> pieces;
  for (Index o = 0; o < axes.outer; ++o) {
    for (Index c = axes.count; c-- > 0;) {
      pieces.push_back({0, (o * axes.count + c) * axes.inner, axes.inner});
    }
  }
  return runtime::make_assemble(std::move(pieces));
}

OperationPointer make_diff(Arguments arguments, const lang::Shape& /*result*/) {
  const AxisSplit axes = split(arguments[0].extents, 0);
  if (axes.count == 0) throw runtime::ArgumentError(0, "an empty array has no differences");
  return std::make_shared<const Differences>(axes.count - 1, axes.inner);
}

OperationPointer make_lag(Arguments arguments, const lang::Shape& /*result*/) {
  const AxisSplit axes = split(arguments[0].extents, 0);
  const Index by = std::min(static_cast<Index>(*arguments[1].data), axes.count);
  std::vector<Piece> pieces(static_cast<std::size_t>(by * axes.inner), {1, 0, 1});
  pieces.push_back({0, 0, (axes.count - by) * axes.inner});
  return runtime::make_assemble(std::move(pieces));
}

OperationPointer make_diagonal(Arguments /*arguments*/, const lang::Shape& result) {
  const Index k = result[0].extent();
  std::vector<std::int32_t> index;
  for (Index i = 0; i < k; ++i) index.push_back(static_cast<std::int32_t>(i * (k + 1)));
  return runtime::make_gather(std::move(index));
}

OperationPointer make_diagonal_matrix(Arguments arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const DiagonalMatrix>(arguments[0].size);
}

OperationPointer make_outer(Arguments arguments, const lang::Shape& /*result*/) {
  constexpr auto product = [](double a, double b) { return a * b; };
  constexpr auto by_a = [](double, double b, double) { return b; };
  constexpr auto by_b = [](double a, double, double) { return a; };
  const Index full[] = {arguments[0].size, arguments[1].size};
  const Index column[] = {arguments[0].size, 1};
  std::vector<runtime::ElementwiseInput> inputs;
  inputs.push_back({runtime::make_broadcast(column, full), arguments[0].size, arguments[0].fixed});
  inputs.push_back({runtime::make_broadcast(std::span(full).subspan(1), full), arguments[1].size,
                    arguments[1].fixed});
  return std::make_shared<const runtime::ElementwiseOperation>(
      "outer", &elementwise_kernel<product, by_a, by_b>, std::move(inputs), full[0] * full[1]);
}

OperationPointer make_rows(Arguments arguments, const lang::Shape& /*result*/) {
  return constant_of("rows", static_cast<double>(arguments[0].extents[0]), 1);
}

OperationPointer make_columns(Arguments arguments, const lang::Shape& /*result*/) {
  return constant_of("columns_of", static_cast<double>(arguments[0].extents[1]), 1);
}

OperationPointer make_array_size(Arguments arguments, const lang::Shape& /*result*/) {
  const std::optional<std::size_t> axis = axis_of(arguments[1]);
  const Index size = axis ? arguments[0].extents[*axis] : arguments[0].size;
  return constant_of("size", static_cast<double>(size), 1);
}

}  // namespace vippl::stdlib
