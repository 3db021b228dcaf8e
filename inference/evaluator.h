#pragma once
#include <Eigen/Core>
#include <algorithm>
#include <cstdint>
#include <memory>

#include "runtime/log_density.h"

namespace vippl::inference {

/// A model with a workspace of its own and a count of what was asked of it. For one thread.
class Evaluator {
 public:
  explicit Evaluator(const runtime::LogDensity& model)
      : model_(model), workspace_(model.make_workspace()) {}

  const runtime::LogDensity& model() const { return model_; }
  Eigen::Index dimension() const { return model_.dimension(); }

  void gradients(const runtime::Points& points, runtime::LogDensities& values,
                 runtime::Points& gradients, const runtime::Rows& rows = {}) {
    gradient_evaluations_ += points.rows();
    model_.evaluate(points, rows, *workspace_, values, gradients);
  }

  void densities(const runtime::Points& points, runtime::LogDensities& values) {
    density_evaluations_ += points.rows();
    model_.evaluate(points, {}, *workspace_, values);
  }

  /// Gradients at many points; false if `goes_on`, asked before each block, said no: the rest is
  /// then left as it was.
  template <class GoesOn>
  bool gradients_in_blocks(const runtime::Points& points, runtime::LogDensities& values,
                           runtime::Points& gradients, const GoesOn& goes_on) {
    runtime::Points block_gradients;
    return in_blocks(points, values, goes_on, [&](Eigen::Index first) {
      block_gradients.resize(block_.rows(), block_.cols());
      this->gradients(block_, block_values_, block_gradients);
      gradients.middleRows(first, block_.rows()) = block_gradients;
    });
  }

  /// Densities likewise.
  template <class GoesOn>
  bool densities_in_blocks(const runtime::Points& points, runtime::LogDensities& values,
                           const GoesOn& goes_on) {
    return in_blocks(points, values, goes_on,
                     [&](Eigen::Index) { densities(block_, block_values_); });
  }

  std::int64_t gradient_evaluations() const { return gradient_evaluations_; }
  std::int64_t density_evaluations() const { return density_evaluations_; }

 private:
  // A model goes through its data once for several points together: blocks of few points would
  // cost more, of many points leave the user waiting where the data are large.
  static constexpr Eigen::Index block_size = 16;

  template <class GoesOn, class Evaluate>
  bool in_blocks(const runtime::Points& points, runtime::LogDensities& values,
                 const GoesOn& goes_on, const Evaluate& evaluate) {
    for (Eigen::Index first = 0; first < points.rows(); first += block_size) {
      if (!goes_on()) return false;
      block_ = points.middleRows(first, std::min(block_size, points.rows() - first));
      block_values_.resize(block_.rows());
      evaluate(first);
      values.segment(first, block_.rows()) = block_values_;
    }
    return true;
  }

  const runtime::LogDensity& model_;
  std::unique_ptr<runtime::Workspace> workspace_;
  runtime::Points block_;
  runtime::LogDensities block_values_;
  std::int64_t gradient_evaluations_ = 0;
  std::int64_t density_evaluations_ = 0;
};

}  // namespace vippl::inference
