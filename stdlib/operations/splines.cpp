#include "stdlib/operations/splines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "runtime/lanes.h"

namespace vippl::stdlib {

namespace {

using lang::ArgumentType;
using lang::Mismatch;
using runtime::Index;

enum Position : std::size_t {
  x_position,
  knots_position,
  degree_position,
  lower_position,
  upper_position
};
constexpr std::string_view names[] = {"x", "knots", "degree", "lower", "upper"};

// Where the splines begin and end.
struct Range {
  double lower;
  double upper;
};

// The range of x, but for the ends that are given.
Range range_of(std::span<const double> x, std::optional<double> lower,
               std::optional<double> upper) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Range range{lower.value_or(infinity), upper.value_or(-infinity)};
  for (const double value : x) {
    if (!lower) range.lower = std::min(range.lower, value);
    if (!upper) range.upper = std::max(range.upper, value);
  }
  return range;
}

// Row by row: the degree + 1 functions that are not zero at x, by the recursion of Cox and de Boor.
class BSpline final : public runtime::Operation {
 public:
  BSpline(Index rows, Index inner, Index degree, std::optional<double> lower,
          std::optional<double> upper)
      : rows_(rows), inner_(inner), degree_(degree), lower_(lower), upper_(upper) {}
  std::string_view name() const override { return "bspline"; }

  void forward(const runtime::Frame& frame, std::span<const runtime::Operand> in, double* out,
               double* /*scratch*/) const override {
    const std::vector<double> knots = padded_knots({in[0].value, static_cast<std::size_t>(rows_)},
                                                   {in[1].value, static_cast<std::size_t>(inner_)});
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
  // The inner knots with the ends of the range before and after, degree + 1 times each.
  std::vector<double> padded_knots(std::span<const double> x, std::span<const double> inner) const {
    const Range range = range_of(x, lower_, upper_);
    const auto ends = static_cast<std::size_t>(degree_) + 1;
    std::vector<double> knots(ends, range.lower);
    knots.insert(knots.end(), inner.begin(), inner.end());
    knots.insert(knots.end(), ends, range.upper);
    return knots;
  }

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
  std::optional<double> lower_;
  std::optional<double> upper_;
};

}  // namespace

TypeResult bspline_shape(std::span<const ArgumentType> arguments) {
  for (const std::size_t k : {x_position, knots_position}) {
    if (arguments[k].shape.size() == 1) continue;
    return Mismatch{k, fmt::format("`{}` of `bspline` should be a vector, got shape {}", names[k],
                                   lang::text(arguments[k].shape))};
  }
  for (const std::size_t k : {degree_position, lower_position, upper_position}) {
    if (arguments[k].shape.empty()) continue;
    return Mismatch{
        k, fmt::format("`{}` of `bspline` is a {}number, got shape {}", names[k],
                       k == degree_position ? "whole " : "", lang::text(arguments[k].shape))};
  }
  const ArgumentType& degree = arguments[degree_position];
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
  const auto end = [&](std::size_t k) {
    return arguments[k].given() ? std::optional(*arguments[k].data) : std::nullopt;
  };
  for (const std::size_t k : {x_position, knots_position, lower_position, upper_position}) {
    if (std::ranges::all_of(elements(k), [](double v) { return std::isfinite(v); })) continue;
    throw runtime::ArgumentError(
        k, fmt::format("`{}` of `bspline` should be {}", names[k],
                       arguments[k].shape.empty() ? "a finite number" : "finite numbers"));
  }
  const std::span<const double> x = elements(x_position);
  const std::span<const double> knots = elements(knots_position);
  if (!std::ranges::is_sorted(knots)) {
    throw runtime::ArgumentError(knots_position,
                                 "`knots` of `bspline` should ascend: sort(knots) does it");
  }
  const std::optional<double> lower = end(lower_position);
  const std::optional<double> upper = end(upper_position);
  const Range range = range_of(x, lower, upper);
  if (!x.empty() && !lower && !upper && range.lower == range.upper) {
    throw runtime::ArgumentError(
        x_position,
        fmt::format("`x` of `bspline` is {} everywhere, so there is no range to divide: say "
                    "`lower` and `upper`",
                    range.lower));
  }
  if (((lower && upper) || !x.empty()) && !(range.lower < range.upper)) {
    throw runtime::ArgumentError(
        upper ? upper_position : lower_position,
        fmt::format("the splines of `bspline` should begin below where they end, got {} and {}",
                    range.lower, range.upper));
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] >= range.lower && x[i] <= range.upper) continue;
    throw runtime::ArgumentError(
        x_position, fmt::format("`x` of `bspline` is {} (element {}), outside `lower` and `upper`, "
                                "{} and {}",
                                x[i], i + 1, range.lower, range.upper));
  }
  for (const double knot : knots) {
    if (x.empty() || (knot > range.lower && knot < range.upper)) continue;
    throw runtime::ArgumentError(
        knots_position,
        fmt::format(
            "`knots` of `bspline` are inner knots, between {}, {} and {}; {} is not",
            lower || upper ? "the ends of the splines" : "the least and the greatest of `x`",
            range.lower, range.upper, knot));
  }
  return std::make_shared<const BSpline>(
      arguments[x_position].extents[0], arguments[knots_position].extents[0],
      static_cast<Index>(*arguments[degree_position].data), lower, upper);
}

}  // namespace vippl::stdlib
