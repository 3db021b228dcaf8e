#include "runtime/normal_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr Index panel_rows = 8;

// Blocks of fewer columns are over before the vector engine would have started.
constexpr Index least_columns = 5;

const simd::Products* products(Index lanes, Index columns) {
  if (columns < least_columns) return nullptr;
  if (lanes == 8) return &simd::engine().eight;
  return lanes == 1 ? &simd::engine().one : nullptr;
}

// Calls body(columns) with a constant for blocks of one small panel: there may be very many.
template <class Body>
void with_columns(Index columns, Index rows, Body&& body) {
  switch (rows > panel_rows ? 0 : columns) {
    case 1:
      return body(std::integral_constant<Index, 1>{});
    case 2:
      return body(std::integral_constant<Index, 2>{});
    case 3:
      return body(std::integral_constant<Index, 3>{});
    case 4:
      return body(std::integral_constant<Index, 4>{});
    default:
      return body(columns);
  }
}

double scale_at(std::span<const Operand> in, bool has_scale, Index l) {
  if (!has_scale) return 1;
  return in.back().fixed ? in.back().value[0] : in.back().value[l];
}

// The lanes of one number.
template <class Lanes>
struct Row {
  double values[Lanes::value] = {};
};
template <>
struct Row<Index> {
  static constexpr Index most = 64;  // a bit mask names lanes elsewhere: there are no more
  double values[most] = {};
};

template <class Columns>
constexpr bool is_constant = !std::is_same_v<Columns, Index>;

// residuals = e - factor b, for the rows of a panel.
template <class Columns, class Lanes>
void subtract_product(Columns columns, Lanes lanes, Index rows, const double* factor,
                      const double* b, const double* e, double* residuals) {
  for (Index i = 0; i < rows; ++i, factor += columns, residuals += lanes) {
    Row<Lanes> row;
    for (Index l = 0; l < lanes; ++l) row.values[l] = e[i];
    for (Index j = i; j < columns; ++j) {
      for (Index l = 0; l < lanes; ++l) row.values[l] -= factor[j] * b[j * lanes + l];
    }
    for (Index l = 0; l < lanes; ++l) residuals[l] = row.values[l];
  }
}

// Calls add(j, sums) with column j of the factor times the residuals.
template <class Columns, class Lanes, class Add>
void multiply_transposed(Columns columns, Lanes lanes, Index rows, const double* factor,
                         const double* residuals, Add&& add) {
  for (Index j = 0; j < columns; ++j) {
    Row<Lanes> sum;
    for (Index i = 0; i < std::min<Index>(j + 1, rows); ++i) {
      const double f = factor[i * columns + j];
      for (Index l = 0; l < lanes; ++l) sum.values[l] += f * residuals[i * lanes + l];
    }
    add(j, sum.values);
  }
}

template <class T>
void append(const std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

// Calls visit(rows, columns) for every block.
template <class Visit>
void NormalStatistics::visit_blocks(Visit&& visit) const {
  for (const Group& group : groups_) {
    with_columns(group.columns, group.rows, [&](auto columns) {
      for (Index k = 0; k < group.blocks; ++k) visit(group.rows, columns);
    });
  }
}

// Returns where the panels of the next block begin.
template <class Body>
const double* NormalStatistics::for_each_panel(Index rows, Index columns, const double* factor,
                                               Body&& body) {
  for (Index first = 0; first < rows; first += panel_rows) {
    const Panel panel{first, std::min(panel_rows, rows - first),
                      std::max(Index{0}, columns - first), factor};
    body(panel);
    factor += panel.rows * panel.columns;
  }
  return factor;
}

NormalStatistics::NormalStatistics(std::span<const FactorBlock> blocks, Index observations,
                                   double constant, bool has_scale)
    : observations_(static_cast<double>(observations)), constant_(constant), has_scale_(has_scale) {
  std::vector<const FactorBlock*> sorted;
  for (const FactorBlock& block : blocks) sorted.push_back(&block);
  std::ranges::stable_sort(sorted, {}, [](const FactorBlock* block) {
    return std::pair(block->coefficients.size(), block->rows);
  });
  for (const FactorBlock* const block : sorted) {
    const auto columns = static_cast<Index>(block->coefficients.size());
    if (groups_.empty() || groups_.back().columns != columns || groups_.back().rows != block->rows)
      groups_.push_back({0, columns, block->rows});
    ++groups_.back().blocks;
    append(block->coefficients, coefficients_);
    append(block->origin, origins_);
    for_each_panel(block->rows, columns, nullptr, [&](const Panel& panel) {
      for (Index i = panel.first; i < panel.first + panel.rows; ++i) {
        const auto row = block->factor.begin() + i * columns;
        factors_.insert(factors_.end(), row + panel.first, row + columns);
      }
    });
    append(block->e, e_);
    most_columns_ = std::max(most_columns_, columns);
  }
}

// The residuals of all blocks, the coefficients of one or their adjoints, the sum of squares, and
// the weights of lanes.
Index NormalStatistics::scratch_size(Index lanes) const {
  return (static_cast<Index>(e_.size()) + most_columns_ + 2) * lanes;
}

template <class Lanes>
void NormalStatistics::find_residuals(Lanes lanes, std::span<const Operand> in, double* residuals,
                                      double* shifted) const {
  const InputElement* from = coefficients_.data();
  const double* origin = origins_.data();
  const double* factor = factors_.data();
  const double* e = e_.data();
  const auto visit = [&](Index rows, auto columns) {
    for (Index j = 0; j < columns; ++j, ++from, ++origin) {
      const double* const b = in[from->input].value + from->at * lanes;
      for (Index l = 0; l < lanes; ++l) shifted[j * lanes + l] = b[l] - *origin;
    }
    if constexpr (is_constant<decltype(columns)>) {
      subtract_product(columns, lanes, rows, factor, shifted, e, residuals);
      factor += rows * columns;
    } else {
      const simd::Products* const fast = products(lanes, columns);
      factor = for_each_panel(rows, columns, factor, [&](const Panel& panel) {
        const double* const b = shifted + panel.first * lanes;
        const double* const e_here = e + panel.first;
        double* const to = residuals + panel.first * lanes;
        if (fast == nullptr)
          return subtract_product(panel.columns, lanes, panel.rows, panel.factor, b, e_here, to);
        fast->forward(static_cast<std::size_t>(panel.rows), static_cast<std::size_t>(panel.columns),
                      panel.factor, b, to);
        for (Index i = 0; i < panel.rows; ++i) {
          for (Index l = 0; l < lanes; ++l) to[i * lanes + l] = e_here[i] - to[i * lanes + l];
        }
      });
    }
    e += rows;
    residuals += rows * lanes;
  };
  visit_blocks(visit);
}

void NormalStatistics::forward(const Frame& frame, std::span<const Operand> in, double* out,
                               double* scratch) const {
  const auto rows = static_cast<Index>(e_.size());
  double* const shifted = scratch + rows * frame.lanes;
  double* const squares = shifted + most_columns_ * frame.lanes;
  with_lanes(frame.lanes, [&](auto lanes) { find_residuals(lanes, in, scratch, shifted); });
  std::fill_n(squares, frame.lanes, 0.0);
  simd::engine().fused.pull_back(
      static_cast<std::size_t>(rows), static_cast<std::size_t>(frame.lanes),
      {scratch, static_cast<std::size_t>(frame.lanes), frame.lanes == 1 ? 0U : 1U}, scratch, true,
      squares);
  for (Index l = 0; l < frame.lanes; ++l) {
    const double scale = scale_at(in, has_scale_, l);
    const double value =
        constant_ - observations_ * std::log(scale) - 0.5 * squares[l] / (scale * scale);
    // As the density of one observation: nothing is likely where a parameter is off its domain.
    const bool is_inside = scale > 0 && std::isfinite(squares[l]);
    out[l] = is_inside || std::isnan(scale) || std::isnan(squares[l]) ? value : -infinity;
  }
}

template <class Lanes>
void NormalStatistics::pull_back(Lanes lanes, std::span<const Operand> in, const double* residuals,
                                 const double* weights, double* adjoints) const {
  const InputElement* to = coefficients_.data();
  const double* factor = factors_.data();
  const auto add = [&](Index j, const double* sum) {
    double* const adjoint = in[to[j].input].adjoint;
    if (adjoint == nullptr) return;
    for (Index l = 0; l < lanes; ++l) adjoint[to[j].at * lanes + l] += chain(sum[l], weights[l]);
  };
  const auto visit = [&](Index rows, auto columns) {
    if constexpr (is_constant<decltype(columns)>) {
      multiply_transposed(columns, lanes, rows, factor, residuals, add);
      factor += rows * columns;
    } else {
      const simd::Products* const fast = products(lanes, columns);
      if (fast != nullptr) std::fill_n(adjoints, columns * lanes, 0.0);
      factor = for_each_panel(rows, columns, factor, [&](const Panel& panel) {
        const double* const from = residuals + panel.first * lanes;
        if (fast != nullptr) {
          return fast->backward(static_cast<std::size_t>(panel.rows),
                                static_cast<std::size_t>(panel.columns), panel.factor, from,
                                adjoints + panel.first * lanes);
        }
        multiply_transposed(panel.columns, lanes, panel.rows, panel.factor, from,
                            [&](Index j, const double* sums) { add(panel.first + j, sums); });
      });
      for (Index j = 0; fast != nullptr && j < columns; ++j) add(j, adjoints + j * lanes);
    }
    residuals += rows * lanes;
    to += columns;
  };
  visit_blocks(visit);
}

void NormalStatistics::backward(const Frame& frame, std::span<const Operand> in, const double* out,
                                const double* out_adjoint, double* scratch) const {
  double* const adjoints = scratch + static_cast<Index>(e_.size()) * frame.lanes;
  double* const squares = adjoints + most_columns_ * frame.lanes;
  double* const weights = squares + frame.lanes;
  for (Index l = 0; l < frame.lanes; ++l) {
    const double scale = scale_at(in, has_scale_, l);
    const double adjoint = std::isfinite(out[l]) ? out_adjoint[l] : 0;
    weights[l] = adjoint == 0 ? 0 : adjoint / (scale * scale);
    if (!has_scale_ || in.back().adjoint == nullptr) continue;
    in.back().adjoint[l] += chain((squares[l] / (scale * scale) - observations_) / scale, adjoint);
  }
  with_lanes(frame.lanes, [&](auto lanes) { pull_back(lanes, in, scratch, weights, adjoints); });
}

}  // namespace vippl::runtime
