#pragma once
#include <Eigen/Core>

namespace vippl::inference {

/// A place, the momentum there, and the log density with its gradient.
struct PhasePoint {
  Eigen::VectorXd z;
  Eigen::VectorXd momentum;
  Eigen::VectorXd gradient;
  double log_density = 0;
};

/// A stretch of a trajectory: what is needed to see whether it turns back, and a point drawn from
/// it with chances proportional to the density in phase space.
struct NutsTree {
  int level = 0;             ///< of 2^level points
  Eigen::VectorXd first;     ///< momentum at the end that was reached first
  Eigen::VectorXd last;      ///< and at the other
  Eigen::VectorXd sum;       ///< of the momenta of all its points
  double log_weight = 0;     ///< of all points together, against the beginning of the transition
  Eigen::VectorXd z;         ///< the point drawn
  Eigen::VectorXd gradient;  ///< there
  double log_density = 0;    ///< there

  /// One point; keeps its buffers.
  void become_leaf(const PhasePoint& point, double log_weight_of_point);
  /// Takes over the point drawn from `other`.
  void take_draw(const NutsTree& other);
};

/// Whether the stretch that `earlier` and `later` (the end of one is next to the beginning of the
/// other) form together has begun to turn back: its summed momentum no longer points away at one of
/// its ends, or so of one part with the neighbouring point of the other. The latter sees turns that
/// just fit between the halves. `variance` is the inverse of the metric's diagonal.
bool turns_back(const NutsTree& earlier, const NutsTree& later, const Eigen::VectorXd& variance);

/// Makes `tree` the stretch of both, as long each: sum, weight and level; whoever knows the order
/// sets the ends and the point drawn.
void absorb(NutsTree& tree, const NutsTree& other);

/// The log of exp(a) + exp(b).
double log_sum_exp(double a, double b);

}  // namespace vippl::inference
