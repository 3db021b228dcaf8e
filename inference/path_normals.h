#pragma once
#include <Eigen/Core>
#include <vector>

#include "inference/guide.h"

namespace vippl::inference {

/// A point of an optimiser's path towards a mode, with the gradient of the log density.
struct PathPoint {
  Eigen::VectorXd x;
  Eigen::VectorXd gradient;
};

/// Normals along a path, at most `count` of them, spread evenly: at each point the covariance is
/// the inverse Hessian that L-BFGS holds there, and the location one step of it on. With `dense`
/// false only scales are made. Single-path Pathfinder: Zhang, Carpenter, Gelman & Vehtari (2022),
/// JMLR 23(306).
std::vector<Start> path_normals(const std::vector<PathPoint>& path, std::size_t count, bool dense);

}  // namespace vippl::inference
