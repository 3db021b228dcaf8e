#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <functional>

#include "inference/evaluator.h"
#include "inference/guide.h"

namespace vippl::inference {

/// The quadratic that the log density is, on average, under a normal guide: log p(z) is close to a
/// constant plus gradient' y + y' hessian y / 2, where y = inverse(factor) (z - location) is
/// standard normal under the guide. From the gradients at fresh matched draws by Stein's identity,
/// so it is exact for a quadratic log density.
struct ExpectedCurvature {
  Start units;               ///< location and factor (or scales) of the guide
  Eigen::VectorXd gradient;  ///< d
  Eigen::MatrixXd hessian;   ///< d x d; empty where d is too large
  /// Covariance over pairs of what matching does not already hold at its expectation in the mean
  /// gradient: its even part, less the squares of the coordinates (and, where d is small, their
  /// products). If d is too large only variances, of the Newton steps (in z) that the pairs ask
  /// for.
  Eigen::MatrixXd residual;
  Eigen::Index pairs = 0;  ///< of matched draws that were used
  bool is_valid = false;   ///< every draw had a finite value and gradient, and none was left out

  /// gradient' y + (y' hessian y - trace hessian) / 2 for each row of z; its expectation under the
  /// guide is 0.
  void control(const Points& z, LogDensities& values) const;
};

/// Not valid where `goes_on`, asked between blocks of draws, says no.
ExpectedCurvature expected_curvature(
    Evaluator& evaluator, const Guide& guide, std::uint64_t seed,
    const std::function<bool()>& goes_on = [] { return true; });

/// Standard error of the guide's location, in z: what the noise of `fit_draws` matched draws leaves
/// in it (a sandwich, as Giordano, Ingram & Broderick 2024), and the Newton step that the optimiser
/// still had before it as far as that exceeds this noise. fit_draws = 0: the fit did not hold its
/// draws fixed.
Eigen::VectorXd location_error(const ExpectedCurvature& curvature, Eigen::Index fit_draws);

}  // namespace vippl::inference
