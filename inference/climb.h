#pragma once
#include <Eigen/Core>
#include <limits>
#include <vector>

#include "inference/evaluator.h"
#include "inference/path_normals.h"
#include "inference/progress.h"

namespace vippl::inference {

/// A climb up the log density, and the points that it passed.
struct Climb {
  Eigen::VectorXd x;  ///< where it ended
  Eigen::VectorXd gradient;
  double log_density = -std::numeric_limits<double>::infinity();
  std::vector<PathPoint> path;
  bool has_arrived = false;  ///< neither interrupted nor out of iterations
};

/// By L-BFGS that remembers `history` steps, from a point with a finite density; at most 1000
/// iterations, to a gain of 1e-9 of the log density: what is left is not worth a gradient.
Climb climb(Evaluator& evaluator, const Eigen::VectorXd& from, int history,
            const Progress& progress);

}  // namespace vippl::inference
