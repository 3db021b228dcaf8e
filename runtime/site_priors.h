#pragma once
#include <Eigen/Core>

namespace vippl::runtime {

/// The prior of each site, given the latents that its arguments depend on.
struct SitePriors {
  /// Points x sites: log density on the unconstrained scale, what a type cuts off made up for. NaN
  /// for a site whose prior is improper, or is not its own (missing values of a joint density).
  Eigen::MatrixXd log_density;
  /// Per coordinate of z: half the width of the central 68 % of the prior (the sd of a normal one),
  /// on average over some of the points. NaN where there is none.
  Eigen::VectorXd sd;
};

}  // namespace vippl::runtime
