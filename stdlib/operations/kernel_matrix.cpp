#include "stdlib/operations/kernel_matrix.h"

#include <fmt/format.h>

namespace vippl::stdlib {

namespace {

using lang::ArgumentType;
using lang::Mismatch;
using runtime::Index;

// x, and x2 if it is not x again.
struct Points {
  Index rows = 0;
  Index other_rows = 0;
  Index columns = 1;  // of a point
  bool is_symmetric = true;
};

Points points_of(KernelArguments arguments) {
  const auto columns = [](const runtime::CallArgument& x) {
    return x.extents.size() == 2 ? x.extents[1] : 1;
  };
  const runtime::CallArgument& x = arguments.front();
  const runtime::CallArgument& x2 = arguments.back();
  if (!x2.given()) return {x.extents[0], x.extents[0], columns(x), true};
  return {x.extents[0], x2.extents[0], columns(x), false};
}

std::vector<Index> input_sizes(const Points& points, std::size_t scalars) {
  std::vector<Index> sizes = {points.rows * points.columns};
  sizes.insert(sizes.end(), scalars, 1);
  if (!points.is_symmetric) sizes.push_back(points.other_rows * points.columns);
  return sizes;
}

// Base: loops over pairs. Of a symmetric matrix each pair comes once, with the adjoints of both its
// places added up.
class PairOperation : public runtime::LaneOperation {
 public:
  PairOperation(std::string_view name, const Points& points, std::size_t scalars)
      : LaneOperation(input_sizes(points, scalars), points.rows * points.other_rows),
        name_(name),
        points_(points),
        other_(points.is_symmetric ? 0 : scalars + 1) {}
  std::string_view name() const final { return name_; }

 protected:
  // Writes value(x_i, x2_j) everywhere.
  template <class Value>
  void fill_pairs(std::span<const double* const> in, double* out, Value&& value) const {
    for (Index i = 0; i < points_.rows; ++i) {
      for (Index j = 0; j < columns_of_row(i); ++j) {
        const double result = value(point(in[0], i), point(in[other_], j));
        out[i * points_.other_rows + j] = result;
        if (points_.is_symmetric) out[j * points_.other_rows + i] = result;
      }
    }
  }

  // body(x_i, x2_j, their adjoints or null, adjoint of the result)
  template <class Body>
  void for_each_pair(std::span<const double* const> in, const double* out_adjoint,
                     std::span<double* const> in_adjoint, Body&& body) const {
    for (Index i = 0; i < points_.rows; ++i) {
      for (Index j = 0; j < columns_of_row(i); ++j) {
        double adjoint = out_adjoint[i * points_.other_rows + j];
        if (points_.is_symmetric && i != j) adjoint += out_adjoint[j * points_.other_rows + i];
        body(point(in[0], i), point(in[other_], j), point(in_adjoint[0], i),
             point(in_adjoint[other_], j), adjoint);
      }
    }
  }

  Index columns() const { return points_.columns; }
  // How often fill_pairs and for_each_pair call.
  Index pairs() const {
    return points_.is_symmetric ? points_.rows * (points_.rows + 1) / 2
                                : points_.rows * points_.other_rows;
  }

 private:
  Index columns_of_row(Index i) const { return points_.is_symmetric ? i + 1 : points_.other_rows; }
  template <class Pointer>
  Pointer point(Pointer x, Index i) const {
    return x == nullptr ? nullptr : x + i * points_.columns;
  }

  std::string_view name_;
  Points points_;
  std::size_t other_;  // the input that holds the second point of a pair
};

class StationaryKernel final : public PairOperation {
 public:
  StationaryKernel(std::string_view name, CorrelationFunction correlation, Periodicity periodicity,
                   const Points& points)
      : PairOperation(name, points, periodicity == Periodicity::none ? 2 : 3),
        correlation_(correlation),
        periodicity_(periodicity) {}

 protected:
  // The correlation of each pair with its derivatives, which cost little more than itself; of large
  // matrices they are computed again when they are needed.
  Index lane_scratch_size() const override { return is_kept() ? 4 * pairs() : 0; }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    const double variance = *in[1] * *in[1];
    fill_pairs(in, out, [&](const double* x, const double* x2) {
      const KernelValue k = value_at(in, x, x2);
      if (is_kept()) {
        *scratch++ = k.value;
        *scratch++ = k.by_square;
        *scratch++ = k.by_length;
        *scratch++ = k.by_period;
      }
      return variance * k.value;
    });
  }

  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    const double variance = *in[1] * *in[1];
    double by_amplitude = 0;
    double by_length = 0;
    double by_period = 0;
    for_each_pair(in, out_adjoint, in_adjoint,
                  [&](const double* x, const double* x2, double* x_adjoint, double* x2_adjoint,
                      double adjoint) {
                    KernelValue k;
                    if (is_kept()) {
                      k = {scratch[0], scratch[1], scratch[2], scratch[3]};
                      scratch += 4;
                    } else {
                      k = value_at(in, x, x2);
                    }
                    by_amplitude += adjoint * 2 * *in[1] * k.value;
                    by_length += adjoint * variance * k.by_length;
                    by_period += adjoint * variance * k.by_period;
                    if (x_adjoint == nullptr && x2_adjoint == nullptr) return;
                    for (Index c = 0; c < columns(); ++c) {
                      const double slope = 2 * (x[c] - x2[c]) * variance * k.by_square * adjoint;
                      if (x_adjoint != nullptr) x_adjoint[c] += slope;
                      if (x2_adjoint != nullptr) x2_adjoint[c] -= slope;
                    }
                  });
    if (in_adjoint[1] != nullptr) *in_adjoint[1] += by_amplitude;
    if (in_adjoint[2] != nullptr) *in_adjoint[2] += by_length;
    if (periodicity_ == Periodicity::period && in_adjoint[3] != nullptr) {
      *in_adjoint[3] += by_period;
    }
  }

 private:
  bool is_kept() const { return pairs() <= 4096; }
  KernelValue value_at(std::span<const double* const> in, const double* x, const double* x2) const {
    return correlation_(square_distance(x, x2), *in[2],
                        periodicity_ == Periodicity::none ? 1 : *in[3]);
  }
  double square_distance(const double* x, const double* x2) const {
    double sum = 0;
    for (Index c = 0; c < columns(); ++c) sum += (x[c] - x2[c]) * (x[c] - x2[c]);
    return sum;
  }

  CorrelationFunction correlation_;
  Periodicity periodicity_;
};

class LinearKernel final : public PairOperation {
 public:
  explicit LinearKernel(const Points& points) : PairOperation("linear_kernel", points, 1) {}

 protected:
  void forward_lane(std::span<const double* const> in, double* out, double*) const override {
    fill_pairs(in, out,
               [&](const double* x, const double* x2) { return *in[1] * *in[1] * product(x, x2); });
  }

  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double*) const override {
    const double variance = *in[1] * *in[1];
    for_each_pair(in, out_adjoint, in_adjoint,
                  [&](const double* x, const double* x2, double* x_adjoint, double* x2_adjoint,
                      double adjoint) {
                    if (in_adjoint[1] != nullptr) {
                      *in_adjoint[1] += adjoint * 2 * *in[1] * product(x, x2);
                    }
                    for (Index c = 0; c < columns(); ++c) {
                      if (x_adjoint != nullptr) x_adjoint[c] += adjoint * variance * x2[c];
                      if (x2_adjoint != nullptr) x2_adjoint[c] += adjoint * variance * x[c];
                    }
                  });
  }

 private:
  double product(const double* x, const double* x2) const {
    double sum = 0;
    for (Index c = 0; c < columns(); ++c) sum += x[c] * x2[c];
    return sum;
  }
};

}  // namespace

TypeResult kernel_shape(std::span<const ArgumentType> arguments) {
  using enum lang::Size::Comparison;
  const lang::Shape& x = arguments.front().shape;
  if (x.size() != 1 && x.size() != 2) {
    return Mismatch{0, fmt::format("points are a vector, or the rows of a matrix, got shape {}",
                                   lang::text(x))};
  }
  for (std::size_t k = 1; k + 1 < arguments.size(); ++k) {
    if (arguments[k].shape.empty()) continue;
    return Mismatch{
        k, fmt::format("a number is expected, got shape {}", lang::text(arguments[k].shape))};
  }
  if (!arguments.back().given) return lang::ResultType{lang::Element::real, {x[0], x[0]}};
  const lang::Shape& x2 = arguments.back().shape;
  if (x2.size() != x.size() || (x.size() == 2 && compare(x[1], x2[1]) == different)) {
    return Mismatch{arguments.size() - 1,
                    fmt::format("the second points should be like the first, of shape {}, got "
                                "shape {}",
                                lang::text(x), lang::text(x2))};
  }
  return lang::ResultType{lang::Element::real, {x[0], x2[0]}};
}

std::shared_ptr<const runtime::Operation> make_kernel_matrix(std::string_view name,
                                                             CorrelationFunction correlation,
                                                             Periodicity periodicity,
                                                             KernelArguments arguments) {
  return std::make_shared<const StationaryKernel>(name, correlation, periodicity,
                                                  points_of(arguments));
}

std::shared_ptr<const runtime::Operation> make_linear_kernel(KernelArguments arguments,
                                                             const lang::Shape& /*result*/) {
  return std::make_shared<const LinearKernel>(points_of(arguments));
}

}  // namespace vippl::stdlib
