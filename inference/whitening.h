#pragma once
#include <Eigen/Core>

#include "inference/guide.h"

namespace vippl::inference {

/// The units of a normal: z = location + W w, where the normal is standard in w (d numbers).
class Whitening {
 public:
  explicit Whitening(Start start);

  void place(const Points& w, Points& z) const;
  /// The same without the location.
  void spread(const Points& w, Points& shift) const;
  /// The gradient in w of a function whose gradient in z is given. Not in place.
  void pull(const Points& dz, Points& dw) const;
  /// The w of each row of z.
  Points standardise(const Points& z) const;
  /// The units of the normal that has this location and this factor (d x d, lower triangle) in w.
  Whitening within(const Eigen::VectorXd& location, const Eigen::MatrixXd& factor) const;

 private:
  /// Each row times I + Q diag(by) Q'.
  Points stretched(const Points& w, const Eigen::VectorXd& by) const;

  Start start_;
  Eigen::MatrixXd directions_;  // d x K, orthonormal; empty where the units are not of low rank
  Eigen::VectorXd stretch_;
};

}  // namespace vippl::inference
