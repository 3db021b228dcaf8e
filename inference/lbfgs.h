#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <functional>

namespace vippl::inference {

struct LbfgsSettings {
  int history = 10;
  int max_iterations = 300;
  double gradient_tolerance = 1e-6;  ///< on the Euclidean norm
  /// Stop when `patience` successive steps each gain less than this times max(1, |value|), or less
  /// than absolute_gain.
  double relative_gain = 1e-13;
  double absolute_gain = 0;
  int patience = 3;
};

enum class LbfgsStop { gradient, gain, iterations, line_search, interrupted, not_finite };

struct LbfgsIteration {
  std::int64_t iteration = 0;
  double value = 0;
  double gradient_norm = 0;
  double step = 0;  ///< Euclidean length of the step
  const Eigen::VectorXd& x;
  const Eigen::VectorXd& gradient;
};

struct LbfgsResult {
  LbfgsStop stop = LbfgsStop::gradient;
  double value = 0;
  double gradient_norm = 0;
  std::int64_t iterations = 0;
  std::int64_t evaluations = 0;
};

/// Value to be minimised; writes the gradient. A value that is not finite means: too far.
using Objective = std::function<double(const Eigen::VectorXd& x, Eigen::VectorXd& gradient)>;
/// After each iteration, and once before the first; returns false to stop.
using LbfgsWatcher = std::function<bool(const LbfgsIteration&)>;

/// Limited-memory BFGS with a strong Wolfe line search; x is the start and becomes the best point
/// found. Allocates before the first iteration only. Nocedal & Wright (2006), algorithms 7.4, 3.5
/// and 3.6.
LbfgsResult minimise(const Objective& objective, const LbfgsSettings& settings,
                     const LbfgsWatcher& watcher, Eigen::VectorXd& x);

}  // namespace vippl::inference
