#include "runtime/normal_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

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

}  // namespace

NormalStatistics::NormalStatistics(std::vector<FactorBlock> blocks, Index observations,
                                   double constant, bool has_scale)
    : blocks_(std::move(blocks)),
      observations_(static_cast<double>(observations)),
      constant_(constant),
      has_scale_(has_scale) {
  for (const FactorBlock& block : blocks_) {
    residuals_ += block.rows;
    most_coefficients_ =
        std::max(most_coefficients_, static_cast<Index>(block.coefficients.size()));
  }
}

// The residuals of all blocks, the coefficients of one and their adjoints, the sum of squares, and
// the weights of lanes.
Index NormalStatistics::scratch_size(Index lanes) const {
  return (residuals_ + 2 * most_coefficients_ + 2) * lanes;
}

void NormalStatistics::residuals_of(const FactorBlock& block, Index lane_count, const double* b,
                                    double* residuals) const {
  const auto columns = static_cast<Index>(block.coefficients.size());
  const double* factor = block.factor.data();
  if (const simd::Products* fast = products(lane_count, columns)) {
    fast->forward(static_cast<std::size_t>(block.rows), static_cast<std::size_t>(columns), factor,
                  b, residuals);
    for (Index i = 0; i < block.rows; ++i) {
      for (Index l = 0; l < lane_count; ++l, ++residuals)
        *residuals = block.e[static_cast<std::size_t>(i)] - *residuals;
    }
    return;
  }
  with_lanes(lane_count, [&](auto lanes) {
    for (Index i = 0; i < block.rows; ++i, factor += columns, residuals += lanes) {
      for (Index l = 0; l < lanes; ++l) residuals[l] = block.e[static_cast<std::size_t>(i)];
      for (Index j = i; j < columns; ++j) {
        for (Index l = 0; l < lanes; ++l) residuals[l] -= factor[j] * b[j * lanes + l];
      }
    }
  });
}

void NormalStatistics::forward(const Frame& frame, std::span<const Operand> in, double* out,
                               double* scratch) const {
  const Index lanes = frame.lanes;
  double* residuals = scratch;
  double* const coefficients = scratch + residuals_ * lanes;
  double* const squares = coefficients + 2 * most_coefficients_ * lanes;
  for (const FactorBlock& block : blocks_) {
    double* b = coefficients;
    for (std::size_t j = 0; j < block.coefficients.size(); ++j, b += lanes) {
      const InputElement& from = block.coefficients[j];
      const double* const value = in[from.input].value + from.at * lanes;
      for (Index l = 0; l < lanes; ++l) b[l] = value[l] - block.origin[j];
    }
    residuals_of(block, lanes, coefficients, residuals);
    residuals += block.rows * lanes;
  }
  std::fill_n(squares, lanes, 0.0);
  with_lanes(lanes, [&](auto width) {
    for (Index i = 0; i < residuals_; ++i) {
      const double* const r = scratch + i * width;
      for (Index l = 0; l < width; ++l) squares[l] += r[l] * r[l];
    }
  });
  for (Index l = 0; l < lanes; ++l) {
    const double scale = scale_at(in, has_scale_, l);
    const double value =
        constant_ - observations_ * std::log(scale) - 0.5 * squares[l] / (scale * scale);
    // As the density of one observation: nothing is likely where a parameter is off its domain.
    const bool is_inside = scale > 0 && std::isfinite(squares[l]);
    out[l] = is_inside || std::isnan(scale) || std::isnan(squares[l]) ? value : -infinity;
  }
}

void NormalStatistics::backward(const Frame& frame, std::span<const Operand> in, const double* out,
                                const double* out_adjoint, double* scratch) const {
  const Index lane_count = frame.lanes;
  double* const adjoints = scratch + (residuals_ + most_coefficients_) * lane_count;
  double* const squares = adjoints + most_coefficients_ * lane_count;
  double* const weights = squares + lane_count;
  for (Index l = 0; l < lane_count; ++l) {
    const double scale = scale_at(in, has_scale_, l);
    const double adjoint = std::isfinite(out[l]) ? out_adjoint[l] : 0;
    weights[l] = adjoint == 0 ? 0 : adjoint / (scale * scale);
    if (!has_scale_ || in.back().adjoint == nullptr) continue;
    in.back().adjoint[l] += chain((squares[l] / (scale * scale) - observations_) / scale, adjoint);
  }
  const double* residuals = scratch;
  for (const FactorBlock& block : blocks_) {
    const auto columns = static_cast<Index>(block.coefficients.size());
    std::fill_n(adjoints, columns * lane_count, 0.0);
    const double* factor = block.factor.data();
    const simd::Products* const fast = products(lane_count, columns);
    if (fast != nullptr) {
      fast->backward(static_cast<std::size_t>(block.rows), static_cast<std::size_t>(columns),
                     factor, residuals, adjoints);
    }
    with_lanes(lane_count, [&](auto lanes) {
      for (Index i = 0; fast == nullptr && i < block.rows; ++i, factor += columns) {
        for (Index j = i; j < columns; ++j) {
          for (Index l = 0; l < lanes; ++l)
            adjoints[j * lanes + l] += factor[j] * residuals[i * lanes + l];
        }
      }
      for (Index j = 0; j < columns; ++j) {
        const InputElement& to = block.coefficients[static_cast<std::size_t>(j)];
        if (in[to.input].adjoint == nullptr) continue;
        double* const adjoint = in[to.input].adjoint + to.at * lanes;
        for (Index l = 0; l < lanes; ++l) adjoint[l] += chain(adjoints[j * lanes + l], weights[l]);
      }
    });
    residuals += block.rows * lane_count;
  }
}

}  // namespace vippl::runtime
