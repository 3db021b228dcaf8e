#pragma once
#include <Eigen/Core>
#include <optional>

#include "inference/evaluator.h"
#include "inference/guide.h"

namespace vippl::inference {

/// The Hessian of the log density at `point` by central differences of gradients (4 d or fewer
/// points); nothing where a gradient is not finite.
std::optional<Eigen::MatrixXd> difference_hessian(Evaluator& evaluator,
                                                  const Eigen::VectorXd& point);

/// The normal with the curvature of the log density at `point`, near a mode; `gradient` is that of
/// the log density there. Its location is one Newton step on, where that raises the density.
/// Directions that do not curve downwards get the size of their curvature, and at least 1e-10 of
/// the largest. Nothing where the Hessian is not finite.
std::optional<Start> laplace(Evaluator& evaluator, const Eigen::VectorXd& point,
                             const Eigen::VectorXd& gradient);

}  // namespace vippl::inference
