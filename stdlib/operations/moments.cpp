#include "stdlib/operations/moments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vippl::stdlib {

namespace {

using lang::Element;
using lang::Mismatch;
using lang::ResultType;
using runtime::Index;

enum class Moment { covariance, correlation };

std::vector<Index> input_sizes(Index rows, Index columns, bool is_pair) {
  if (is_pair) return {rows, rows};
  return {rows * columns};
}

// The columns are those of one matrix, or two vectors; of these only one moment is the result.
// Scratch: the centred columns (n each), divided by their standard deviations for correlations,
// and these standard deviations; then the adjoint of one column.
class Moments final : public runtime::LaneOperation {
 public:
  Moments(Moment moment, Index rows, Index columns, bool is_pair)
      : LaneOperation(input_sizes(rows, columns, is_pair), is_pair ? 1 : columns * columns),
        moment_(moment),
        rows_(rows),
        columns_(columns),
        is_pair_(is_pair) {}
  std::string_view name() const override { return moment_ == Moment::covariance ? "cov" : "corr"; }

 protected:
  Index lane_scratch_size() const override { return (rows_ + 1) * columns_ + rows_; }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    for (Index a = 0; a < columns_; ++a) {
      double* const z = scratch + a * rows_;
      double mean = 0;
      for (Index r = 0; r < rows_; ++r) mean += z[r] = *at(in, r, a);
      mean /= static_cast<double>(rows_);
      for (Index r = 0; r < rows_; ++r) z[r] -= mean;
      double& scale = scratch[rows_ * columns_ + a];
      scale = moment_ == Moment::covariance ? 1 : std::sqrt(product(z, z));
      for (Index r = 0; r < rows_; ++r) z[r] /= scale;
    }
    if (is_pair_) {
      *out = product(scratch, scratch + rows_);
      return;
    }
    for (Index a = 0; a < columns_; ++a) {
      for (Index b = 0; b <= a; ++b) {
        const double value = product(scratch + a * rows_, scratch + b * rows_);
        out[a * columns_ + b] = out[b * columns_ + a] = value;
      }
    }
  }

  void backward_lane(std::span<const double* const>, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    double* const z_adjoint = scratch + (rows_ + 1) * columns_;
    for (Index a = 0; a < columns_; ++a) {
      std::fill_n(z_adjoint, rows_, 0.0);
      for (Index b = 0; b < columns_; ++b) {
        const double weight = pair_adjoint(out_adjoint, a, b) / static_cast<double>(rows_ - 1);
        for (Index r = 0; r < rows_; ++r) z_adjoint[r] += weight * scratch[b * rows_ + r];
      }
      const double* const z = scratch + a * rows_;
      const double slope = moment_ == Moment::covariance ? 0 : product(z, z_adjoint);
      const double scale = scratch[rows_ * columns_ + a];
      for (Index r = 0; r < rows_; ++r) {
        double* const to = at(in_adjoint, r, a);
        if (to != nullptr) *to += (z_adjoint[r] - slope * z[r]) / scale;
      }
    }
  }

 private:
  template <class Pointer>
  Pointer at(std::span<Pointer const> arrays, Index r, Index a) const {
    const Pointer array = arrays[is_pair_ ? static_cast<std::size_t>(a) : 0];
    if (array == nullptr) return nullptr;
    return is_pair_ ? array + r : array + r * columns_ + a;
  }

  double product(const double* x, const double* y) const {
    double sum = 0;
    for (Index r = 0; r < rows_; ++r) sum += x[r] * y[r];
    return sum / static_cast<double>(rows_ - 1);
  }

  // Of the moment of columns a and b, wherever it stands in the result.
  double pair_adjoint(const double* out_adjoint, Index a, Index b) const {
    if (is_pair_) return a == b ? 0 : *out_adjoint;
    return out_adjoint[a * columns_ + b] + out_adjoint[b * columns_ + a];
  }

  Moment moment_;
  Index rows_;
  Index columns_;
  bool is_pair_;
};

std::shared_ptr<const runtime::Operation> make_moments(
    Moment moment, std::span<const runtime::CallArgument> arguments) {
  const bool is_pair = arguments[1].given();
  const Index columns = is_pair ? 2 : arguments[0].extents[1];
  return std::make_shared<const Moments>(moment, arguments[0].extents[0], columns, is_pair);
}

}  // namespace

TypeResult moments_shape(std::span<const lang::ArgumentType> arguments) {
  const lang::Shape& x = arguments[0].shape;
  if (!arguments[1].given) {
    if (x.size() == 2) return ResultType{Element::real, {x[1], x[1]}};
    return Mismatch{0, fmt::format("one argument should be a matrix, whose columns are compared; "
                                   "got shape {}",
                                   lang::text(x))};
  }
  const lang::Shape& y = arguments[1].shape;
  if (x.size() != 1 || !lang::same(x, y)) {
    return Mismatch{1, fmt::format("two arguments should be vectors of one size, got shapes {} "
                                   "and {}",
                                   lang::text(x), lang::text(y))};
  }
  return ResultType{Element::real, {}};
}

std::shared_ptr<const runtime::Operation> make_cov(std::span<const runtime::CallArgument> arguments,
                                                   const lang::Shape& /*result*/) {
  return make_moments(Moment::covariance, arguments);
}

std::shared_ptr<const runtime::Operation> make_corr(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  return make_moments(Moment::correlation, arguments);
}

TypeResult standardize_shape(std::span<const lang::ArgumentType> arguments) {
  const lang::Shape& shape = arguments[0].shape;
  if (shape.size() == 1 || shape.size() == 2) return ResultType{Element::real, shape};
  return Mismatch{
      0, fmt::format("`standardize` takes a vector or a matrix, got shape {}", lang::text(shape))};
}

}  // namespace vippl::stdlib
