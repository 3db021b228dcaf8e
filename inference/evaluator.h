#pragma once
#include <Eigen/Core>
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

  std::int64_t gradient_evaluations() const { return gradient_evaluations_; }
  std::int64_t density_evaluations() const { return density_evaluations_; }

 private:
  const runtime::LogDensity& model_;
  std::unique_ptr<runtime::Workspace> workspace_;
  std::int64_t gradient_evaluations_ = 0;
  std::int64_t density_evaluations_ = 0;
};

}  // namespace vippl::inference
