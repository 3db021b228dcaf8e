#pragma once
#include <Eigen/Core>

#include "inference/lbfgs.h"

namespace vippl::inference {

struct Line {
  const Eigen::VectorXd& x;
  const Eigen::VectorXd& gradient;   ///< at x
  const Eigen::VectorXd& direction;  ///< of descent
  double value = 0;                  ///< at x
  double first_step = 1;             ///< in units of the direction
};

/// A point on the line. Sized by the caller.
struct LinePoint {
  Eigen::VectorXd x;
  Eigen::VectorXd gradient;
  double value = 0;
};

/// Sized by the caller, as x.
struct LineBuffers {
  Eigen::VectorXd x;
  Eigen::VectorXd gradient;
};

struct LineSearchResult {
  bool has_decreased = false;  ///< `found` is then a point with a lower value
  int evaluations = 0;
};

/// Finds a point that meets the strong Wolfe conditions, or, when the evaluations run out, the
/// lowest point seen. A value or slope that is not finite counts as too far, so the search backs
/// away from it.
LineSearchResult search_line(const Objective& objective, const Line& line, LineBuffers& buffers,
                             LinePoint& found);

}  // namespace vippl::inference
