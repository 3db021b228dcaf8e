#include "stdlib/operations/grouping.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/lanes.h"

namespace vippl::stdlib {

namespace {

using lang::ArgumentType;
using lang::Element;
using lang::Mismatch;
using lang::ResultType;
using runtime::chain;
using runtime::Index;

enum class Statistic { sum, mean, max };

// out[group[r] - 1, :] from the rows x[r, :]. Scratch: for means, the number of rows of each group;
// for maxima, whether an element has had its derivative.
class Segments final : public runtime::Operation {
 public:
  Segments(Statistic statistic, Index rows, Index inner, Index groups)
      : statistic_(statistic), rows_(rows), inner_(inner), groups_(groups) {}

  std::string_view name() const override {
    switch (statistic_) {
      case Statistic::sum:
        return "segment_sum";
      case Statistic::mean:
        return "segment_mean";
      case Statistic::max:
        break;
    }
    return "segment_max";
  }

  Index scratch_size(Index lanes) const override {
    return groups_ * std::max<Index>(inner_ * lanes, 1);
  }

  void forward(const runtime::Frame& frame, std::span<const runtime::Operand> in, double* out,
               double* scratch) const override {
    constexpr double lowest = -std::numeric_limits<double>::infinity();
    std::fill_n(out, groups_ * inner_ * frame.lanes, statistic_ == Statistic::max ? lowest : 0.0);
    for_each_element(frame, in, [&](Index from, Index to) {
      const double x = in[0].value[from];
      if (statistic_ != Statistic::max) {
        out[to] += x;
      } else if (!(x <= out[to])) {
        out[to] = x;
      }
    });
    if (statistic_ != Statistic::mean) return;
    std::fill_n(scratch, groups_, 0.0);
    for (Index r = 0; r < rows_; ++r) ++scratch[group(in, r)];
    for (Index i = 0; i < groups_ * inner_ * frame.lanes; ++i) {
      out[i] /= scratch[i / (inner_ * frame.lanes)];
    }
  }

  void backward(const runtime::Frame& frame, std::span<const runtime::Operand> in,
                const double* out, const double* out_adjoint, double* scratch) const override {
    double* const adjoint = in[0].adjoint;
    if (adjoint == nullptr) return;
    if (statistic_ == Statistic::max) std::fill_n(scratch, groups_ * inner_ * frame.lanes, 0.0);
    for_each_element(frame, in, [&](Index from, Index to) {
      switch (statistic_) {
        case Statistic::sum:
          adjoint[from] += out_adjoint[to];
          return;
        case Statistic::mean:
          adjoint[from] += chain(1 / scratch[to / (inner_ * frame.lanes)], out_adjoint[to]);
          return;
        case Statistic::max:
          if (in[0].value[from] != out[to] || scratch[to] != 0) return;
          adjoint[from] += out_adjoint[to];  // to the first of several
          scratch[to] = 1;
          return;
      }
    });
  }

 private:
  Index group(std::span<const runtime::Operand> in, Index row) const {
    return static_cast<Index>(in[1].value[row]) - 1;
  }

  template <class Body>
  void for_each_element(const runtime::Frame& frame, std::span<const runtime::Operand> in,
                        Body&& body) const {
    const runtime::LaneStrides x = runtime::strides(in[0], frame.lanes);
    for (Index r = 0; r < rows_; ++r) {
      const Index first = group(in, r) * inner_;
      for (Index i = 0; i < inner_; ++i) {
        for (Index b = 0; b < frame.lanes; ++b) {
          body((r * inner_ + i) * x.element + b * x.lane, (first + i) * frame.lanes + b);
        }
      }
    }
  }

  Statistic statistic_;
  Index rows_;
  Index inner_;
  Index groups_;
};

void check_groups(const runtime::CallArgument& group, std::size_t argument, Index groups) {
  for (Index i = 0; i < group.size; ++i) {
    if (group.data[i] >= 1 && group.data[i] <= static_cast<double>(groups)) continue;
    throw runtime::ArgumentError(
        argument, fmt::format("group numbers go from 1 to {}, but element {} is {}", groups, i + 1,
                              group.data[i]));
  }
}

std::shared_ptr<const runtime::Operation> make_segments(
    Statistic statistic, std::span<const runtime::CallArgument> arguments,
    const lang::Shape& result) {
  const Index groups = result[0].extent();
  if (!arguments[1].fixed) {
    throw runtime::ArgumentError(1, "group numbers must be fixed, but these depend on a latent");
  }
  check_groups(arguments[1], 1, groups);
  const Index rows = arguments[1].size;
  const Index inner = lang::element_count(lang::Shape(result.begin() + 1, result.end()));
  return std::make_shared<const Segments>(statistic, rows, inner, groups);
}

// One row per group number; level `first` is in the first column.
class Indicators final : public runtime::Operation {
 public:
  Indicators(std::string_view name, Index rows, Index columns, Index first)
      : name_(name), rows_(rows), columns_(columns), first_(first) {}
  std::string_view name() const override { return name_; }
  void forward(const runtime::Frame& frame, std::span<const runtime::Operand> in, double* out,
               double* /*scratch*/) const override {
    std::fill_n(out, rows_ * columns_ * frame.lanes, 0.0);
    for (Index r = 0; r < rows_; ++r) {
      const Index column = static_cast<Index>(in[0].value[r]) - first_;
      if (column < 0) continue;
      std::fill_n(out + (r * columns_ + column) * frame.lanes, frame.lanes, 1.0);
    }
  }
  void backward(const runtime::Frame&, std::span<const runtime::Operand>, const double*,
                const double*, double*) const override {}
  bool is_differentiable() const override { return false; }

 private:
  std::string_view name_;
  Index rows_;
  Index columns_;
  Index first_;
};

std::shared_ptr<const runtime::Operation> make_indicators(
    std::string_view name, std::span<const runtime::CallArgument> arguments,
    const lang::Shape& result, Index first) {
  const Index columns = result.back().extent();
  check_groups(arguments[0], 0, columns + first - 1);
  return std::make_shared<const Indicators>(name, arguments[0].size, columns, first);
}

TypeResult indicators_shape(std::span<const ArgumentType> arguments, std::int64_t dropped) {
  if (arguments[0].element == Element::real) {
    return Mismatch{0, "group numbers are ints or a category, got real"};
  }
  lang::Shape shape = arguments[0].shape;
  if (!arguments[1].given) {
    shape.push_back(lang::Size::unknown());
  } else {
    shape.push_back(size_of(arguments[1]) - lang::Size::number(dropped));
  }
  return ResultType{Element::integer, std::move(shape)};
}

lang::Shape measure_indicators(std::span<const runtime::CallArgument> arguments,
                               std::int64_t dropped) {
  const runtime::CallArgument& group = arguments[0];
  lang::Shape shape = group.shape;
  double levels = 0;
  if (arguments[1].given()) {
    levels = *arguments[1].data;
  } else {
    for (Index i = 0; i < group.size; ++i) levels = std::max(levels, group.data[i]);
  }
  const std::int64_t columns = static_cast<std::int64_t>(levels) - dropped;
  shape.push_back(lang::Size::unknown(std::max<std::int64_t>(columns, 0)));
  return shape;
}

}  // namespace

TypeResult segment_shape(std::span<const ArgumentType> arguments) {
  const lang::Shape& x = arguments[0].shape;
  const lang::Shape& group = arguments[1].shape;
  const bool fits = group.size() == 1 && !x.empty() &&
                    compare(x[0], group[0]) != lang::Size::Comparison::different;
  if (!fits) {
    return Mismatch{1, fmt::format("`group` should have one number for each row of `x`, which has "
                                   "shape {}, got shape {}",
                                   lang::text(x), lang::text(group))};
  }
  if (!arguments[2].shape.empty()) {
    return Mismatch{2, fmt::format("`K` should be a whole number, got shape {}",
                                   lang::text(arguments[2].shape))};
  }
  lang::Shape shape = x;
  shape[0] = size_of(arguments[2]);
  return ResultType{widest(arguments.first(1)), std::move(shape)};
}

TypeResult segment_mean_shape(std::span<const ArgumentType> arguments) {
  TypeResult result = segment_shape(arguments);
  if (auto* type = std::get_if<ResultType>(&result)) type->element = Element::real;
  return result;
}

std::shared_ptr<const runtime::Operation> make_segment_sum(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result) {
  return make_segments(Statistic::sum, arguments, result);
}

std::shared_ptr<const runtime::Operation> make_segment_mean(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result) {
  return make_segments(Statistic::mean, arguments, result);
}

std::shared_ptr<const runtime::Operation> make_segment_max(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result) {
  return make_segments(Statistic::max, arguments, result);
}

TypeResult one_hot_shape(std::span<const ArgumentType> arguments) {
  return indicators_shape(arguments, 0);
}

TypeResult dummies_shape(std::span<const ArgumentType> arguments) {
  return indicators_shape(arguments, 1);
}

std::shared_ptr<const runtime::Operation> make_one_hot(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result) {
  return make_indicators("one_hot", arguments, result, 1);
}

std::shared_ptr<const runtime::Operation> make_dummies(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result) {
  return make_indicators("dummies", arguments, result, 2);
}

lang::Shape measure_one_hot(std::span<const runtime::CallArgument> arguments) {
  return measure_indicators(arguments, 0);
}

lang::Shape measure_dummies(std::span<const runtime::CallArgument> arguments) {
  return measure_indicators(arguments, 1);
}

}  // namespace vippl::stdlib
