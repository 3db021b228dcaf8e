#pragma once
#include <Eigen/Core>
#include <cstdint>

namespace vippl::inference {

/// Kingma & Ba (2015), algorithm 1.
struct AdamSettings {
  double learning_rate = 1e-3;
  double first_decay = 0.9;
  double second_decay = 0.999;
  double epsilon = 1e-8;
};

/// Ascends along noisy gradients; one flat vector. Allocates in the constructor only.
class Adam {
 public:
  Adam(Eigen::Index size, const AdamSettings& settings);

  /// Moves `parameters` along `gradient`, that of a function to be maximised; returns the length of
  /// the step.
  double ascend(const Eigen::VectorXd& gradient, Eigen::VectorXd& parameters);

 private:
  AdamSettings settings_;
  Eigen::VectorXd first_;   // moving average of the gradient
  Eigen::VectorXd second_;  // and of its square
  double first_power_ = 1;
  double second_power_ = 1;
};

}  // namespace vippl::inference
