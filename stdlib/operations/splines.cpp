#include "stdlib/operations/splines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/lanes.h"

namespace vippl::stdlib {

namespace {

using lang::ArgumentType;
using lang::Mismatch;
using runtime::Index;

constexpr std::size_t degree_position = 2;

// The inner knots, ascending and within the range of x, with the ends of the range before and
// after, degree + 1 times each.
std::vector<double> padded_knots(std::span<const double> x, std::span<const double> inner,
                                 Index degree) {
  double lower = std::numeric_limits<double>::infinity();
  double upper = -lower;
  for (const double value : x) {
    lower = std::min(lower, value);
    upper = std::max(upper, value);
  }
  const auto ends = static_cast<std::size_t>(degree) + 1;
  std::vector<double> knots(ends, lower);
  knots.insert(knots.end(), inner.begin(), inner.end());
  knots.insert(knots.end(), ends, upper);
  return knots;
}

// Row by row: the degree + 1 functions that are not zero at x, by the recursion of Cox and de Boor.
class BSpline final : public runtime::Operation {
 public:
  BSpline(Index rows, Index inner, Index degree) : rows_(rows), inner_(inner), degree_(degree) {}
  std::string_view name() const override { return "bspline"; }

  void forward(const runtime::Frame& frame, std::span<const runtime::Operand> in, double* out,
               double* /*scratch*/) const override {
    const std::vector<double> knots =
        padded_knots({in[0].value, static_cast<std::size_t>(rows_)},
                     {in[1].value, static_cast<std::size_t>(inner_)}, degree_);
    std::vector<double> values(static_cast<std::size_t>(degree_) + 1);
    const Index columns = inner_ + degree_ + 1;
    std::fill_n(out, rows_ * columns, 0.0);
    for (Index r = 0; r < rows_; ++r) {
      const Index span = span_of(knots, in[0].value[r]);
      fill_values(knots.data() + span, in[0].value[r], values.data());
      std::copy(values.begin(), values.end(), out + r * columns + span - degree_);
    }
    runtime::expand_lanes(out, rows_ * columns, frame.lanes);
  }
  void backward(const runtime::Frame&, std::span<const runtime::Operand>, const double*,
                const double*, double*) const override {}
  bool is_differentiable() const override { return false; }

 private:
  // The number of the knot at which the interval of x begins. The last interval holds its end too.
  Index span_of(const std::vector<double>& knots, double x) const {
    const auto end = x < knots.back() ? std::upper_bound(knots.begin(), knots.end(), x)
                                      : std::lower_bound(knots.begin(), knots.end(), knots.back());
    return std::max(end - knots.begin() - 1, degree_);
  }

  // values[j] at x of the function that begins at knots[j - degree]; x is between knots[0] and
  // knots[1]. Piegl & Tiller (1997), The NURBS Book, algorithm A2.2.
  void fill_values(const double* knots, double x, double* values) const {
    values[0] = 1;
    for (Index d = 1; d <= degree_; ++d) {
      double carried = 0;
      for (Index j = 0; j < d; ++j) {
        const double right = knots[j + 1];
        const double left = knots[j + 1 - d];
        const double share = values[j] / (right - left);
        values[j] = carried + (right - x) * share;
        carried = (x - left) * share;
      }
      values[d] = carried;
    }
  }

  Index rows_;
  Index inner_;
  Index degree_;
};

}  // namespace

TypeResult bspline_shape(std::span<const ArgumentType> arguments) {
  for (std::size_t k = 0; k < degree_position; ++k) {
    if (arguments[k].shape.size() == 1) continue;
    return Mismatch{k, fmt::format("`{}` of `bspline` should be a vector, got shape {}",
                                   k == 0 ? "x" : "knots", lang::text(arguments[k].shape))};
  }
  const ArgumentType& degree = arguments[degree_position];
  if (!degree.shape.empty()) {
    return Mismatch{degree_position, fmt::format("`degree` of `bspline` is a whole number, got "
                                                 "shape {}",
                                                 lang::text(degree.shape))};
  }
  if (degree.value && *degree.value < 0) {
    return Mismatch{degree_position,
                    fmt::format("`degree` of `bspline` is 0 or more, got {}", *degree.value)};
  }
  return lang::ResultType{
      lang::Element::real,
      {arguments[0].shape[0], arguments[1].shape[0] + size_of(degree) + lang::Size::number(1)}};
}

std::shared_ptr<const runtime::Operation> make_bspline(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  const auto elements = [&](std::size_t k) {
    return std::span(arguments[k].data, static_cast<std::size_t>(arguments[k].size));
  };
  for (std::size_t k = 0; k < degree_position; ++k) {
    if (std::ranges::all_of(elements(k), [](double v) { return std::isfinite(v); })) continue;
    throw runtime::ArgumentError(
        k, fmt::format("`{}` of `bspline` should be finite numbers", k == 0 ? "x" : "knots"));
  }
  if (!std::ranges::is_sorted(elements(1))) {
    throw runtime::ArgumentError(1, "`knots` of `bspline` should ascend: sort(knots) does it");
  }
  const std::vector<double> knots = padded_knots(elements(0), elements(1), 0);
  if (!elements(0).empty() && knots.front() == knots.back()) {
    throw runtime::ArgumentError(
        0, fmt::format("`x` of `bspline` is {} everywhere, so there is no range to divide",
                       knots.front()));
  }
  for (const double knot : elements(1)) {
    if (elements(0).empty() || (knot > knots.front() && knot < knots.back())) continue;
    throw runtime::ArgumentError(
        1, fmt::format("`knots` of `bspline` are inner knots, between the least and the greatest "
                       "of `x`, {} and {}; {} is not",
                       knots.front(), knots.back(), knot));
  }
  return std::make_shared<const BSpline>(arguments[0].extents[0], arguments[1].extents[0],
                                         static_cast<Index>(*arguments[degree_position].data));
}

}  // namespace vippl::stdlib
