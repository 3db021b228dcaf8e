#pragma once
#include <Eigen/Core>
#include <algorithm>
#include <cstdint>
#include <memory>

#include "runtime/log_density.h"

namespace vippl::inference {

/// Most threads of the process at once, while it lives; 0: as many as there are processors. What is
/// computed does not depend on it.
class ThreadLimit {
 public:
  explicit ThreadLimit(int threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  struct Control;
  std::unique_ptr<Control> control_;
};

/// A model with workspaces of its own and a count of what was asked of it. Called from one thread;
/// many points of a model that takes long are spread over several, in shards that do not depend on
/// the number of threads, each point to its own place in the results: the same bytes come out.
class Evaluator {
 public:
  explicit Evaluator(const runtime::LogDensity& model);
  ~Evaluator();

  const runtime::LogDensity& model() const { return model_; }
  Eigen::Index dimension() const { return model_.dimension(); }

  void gradients(const runtime::Points& points, runtime::LogDensities& values,
                 runtime::Points& gradients, const runtime::Rows& rows = {});
  void densities(const runtime::Points& points, runtime::LogDensities& values);

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
  struct Team;

  template <class GoesOn, class Evaluate>
  bool in_blocks(const runtime::Points& points, runtime::LogDensities& values,
                 const GoesOn& goes_on, const Evaluate& evaluate) {
    Eigen::Index size = 0;
    for (Eigen::Index first = 0; first < points.rows(); first += size) {
      if (!goes_on()) return false;
      size = std::min(block_size(points.rows() - first), points.rows() - first);
      block_ = points.middleRows(first, size);
      block_values_.resize(size);
      evaluate(first);
      values.segment(first, size) = block_values_;
    }
    return true;
  }

  /// A multiple of the size of a shard.
  Eigen::Index block_size(Eigen::Index points_left) const;
  bool is_worth_sharing(Eigen::Index points) const;
  /// `gradients` may be null.
  void evaluate(const runtime::Points& points, const runtime::Rows& rows,
                runtime::LogDensities& values, runtime::Points* gradients);
  void evaluate_here(const runtime::Points& points, const runtime::Rows& rows,
                     runtime::LogDensities& values, runtime::Points* gradients);

  const runtime::LogDensity& model_;
  std::unique_ptr<runtime::Workspace> workspace_;
  std::unique_ptr<Team> team_;  // once there is something to share
  double seconds_per_point_ = 0;
  runtime::Points block_;
  runtime::LogDensities block_values_;
  std::int64_t gradient_evaluations_ = 0;
  std::int64_t density_evaluations_ = 0;
};

}  // namespace vippl::inference
