#include "runtime/normal_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr Index panel_rows = 8;

// Smaller products than this are over before the vector engine would have started.
constexpr Index least_columns = 5;

const simd::Products* products(Index lanes, Index columns) {
  if (columns < least_columns) return nullptr;
  if (lanes == 8) return &simd::engine().eight;
  return lanes == 1 ? &simd::engine().one : nullptr;
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

template <class T>
void append(const std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

// Returns where the panels of the next block begin.
template <class Body>
Index NormalStatistics::for_each_panel(const Block& block, Index at, Body&& body) {
  for (Index first = 0; first < block.rows; first += panel_rows) {
    const Panel panel{first, std::min(panel_rows, block.rows - first),
                      std::max(Index{0}, block.columns - first), at};
    body(panel);
    at += panel.rows * panel.columns;
  }
  return at;
}

NormalStatistics::NormalStatistics(std::span<const FactorBlock> blocks, Index observations,
                                   double constant, bool has_scale)
    : observations_(static_cast<double>(observations)), constant_(constant), has_scale_(has_scale) {
  for (const FactorBlock& block : blocks) {
    const auto columns = static_cast<Index>(block.coefficients.size());
    blocks_.push_back({columns, block.rows});
    append(block.coefficients, coefficients_);
    append(block.origin, origins_);
    for_each_panel(blocks_.back(), 0, [&](const Panel& panel) {
      for (Index i = panel.first; i < panel.first + panel.rows; ++i) {
        const auto row = block.factor.begin() + i * columns;
        factors_.insert(factors_.end(), row + panel.first, row + columns);
      }
    });
    append(block.e, e_);
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
  Index at = 0;
  const double* e = e_.data();
  for (const Block& block : blocks_) {
    const Index columns = block.columns;
    for (Index j = 0; j < columns; ++j, ++from, ++origin) {
      const double* const b = in[from->input].value + from->at * lanes;
      for (Index l = 0; l < lanes; ++l) shifted[j * lanes + l] = b[l] - *origin;
    }
    const simd::Products* const fast = products(lanes, columns);
    at = for_each_panel(block, at, [&](const Panel& panel) {
      const double* const b = shifted + panel.first * lanes;
      if (fast != nullptr) {
        fast->forward(static_cast<std::size_t>(panel.rows), static_cast<std::size_t>(panel.columns),
                      factors_.data() + panel.at, b, residuals);
        for (Index i = 0; i < panel.rows; ++i, ++e, residuals += lanes) {
          for (Index l = 0; l < lanes; ++l) residuals[l] = *e - residuals[l];
        }
        return;
      }
      const double* row_factor = factors_.data() + panel.at;
      for (Index i = 0; i < panel.rows; ++i, ++e, residuals += lanes) {
        Row<Lanes> row;
        for (Index l = 0; l < lanes; ++l) row.values[l] = *e;
        for (Index j = i; j < panel.columns; ++j) {
          for (Index l = 0; l < lanes; ++l) row.values[l] -= row_factor[j] * b[j * lanes + l];
        }
        for (Index l = 0; l < lanes; ++l) residuals[l] = row.values[l];
        row_factor += panel.columns;
      }
    });
  }
}

void NormalStatistics::forward(const Frame& frame, std::span<const Operand> in, double* out,
                               double* scratch) const {
  const auto rows = static_cast<Index>(e_.size());
  double* const shifted = scratch + rows * frame.lanes;
  double* const squares = shifted + most_columns_ * frame.lanes;
  with_lanes(frame.lanes, [&](auto lanes) {
    find_residuals(lanes, in, scratch, shifted);
    Row<decltype(lanes)> sums;
    for (Index i = 0; i < rows; ++i) {
      const double* const r = scratch + i * lanes;
      for (Index l = 0; l < lanes; ++l) sums.values[l] += r[l] * r[l];
    }
    for (Index l = 0; l < lanes; ++l) squares[l] = sums.values[l];
  });
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
  Index at = 0;
  for (const Block& block : blocks_) {
    const Index columns = block.columns;
    const simd::Products* const fast = products(lanes, columns);
    const auto add = [&](Index j, const double* sum) {
      if (in[to[j].input].adjoint == nullptr) return;
      double* const adjoint = in[to[j].input].adjoint + to[j].at * lanes;
      for (Index l = 0; l < lanes; ++l) adjoint[l] += chain(sum[l], weights[l]);
    };
    if (fast != nullptr) std::fill_n(adjoints, columns * lanes, 0.0);
    at = for_each_panel(block, at, [&](const Panel& panel) {
      if (fast != nullptr) {
        fast->backward(static_cast<std::size_t>(panel.rows),
                       static_cast<std::size_t>(panel.columns), factors_.data() + panel.at,
                       residuals, adjoints + panel.first * lanes);
      } else {
        for (Index j = 0; j < panel.columns; ++j) {
          Row<Lanes> sum;
          for (Index i = 0; i < std::min(j + 1, panel.rows); ++i) {
            const double f = factors_[static_cast<std::size_t>(panel.at + i * panel.columns + j)];
            for (Index l = 0; l < lanes; ++l) sum.values[l] += f * residuals[i * lanes + l];
          }
          add(panel.first + j, sum.values);
        }
      }
      residuals += panel.rows * lanes;
    });
    for (Index j = 0; fast != nullptr && j < columns; ++j) add(j, adjoints + j * lanes);
    to += columns;
  }
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
