#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace vippl::inference {

/// The step size at which transitions are accepted at the rate asked for: dual averaging (Nesterov
/// 2009), with the constants of Hoffman & Gelman (2014), JMLR 15.
class DualAveraging {
 public:
  explicit DualAveraging(double target_acceptance) : target_(target_acceptance) {}

  /// Forgets all; `step` is of the right size.
  void restart(double step);
  /// One transition was accepted with this probability.
  void learn(double acceptance);
  /// To try next.
  double step() const;
  /// Averaged over those tried, for when learning ends.
  double settled_step() const;

 private:
  double target_;
  double centre_ = 0;  // logs of steps are pulled here
  double log_step_ = 0;
  double log_settled_ = 0;
  double shortfall_ = 0;  // of acceptance, averaged
  double count_ = 0;
};

/// Mean squares about the mean of the points seen, one coordinate at a time (Welford 1962).
class RunningVariance {
 public:
  explicit RunningVariance(Eigen::Index dimension);
  void add(const Eigen::VectorXd& point);
  /// The variances, drawn towards 1e-3 where few points were seen, so that none is near 0.
  Eigen::VectorXd regularised() const;
  void clear();

 private:
  double count_ = 0;
  Eigen::VectorXd mean_;
  Eigen::VectorXd squares_;
};

/// Which warmup transitions the metric is learnt from, as in Stan (Stan Reference Manual, "HMC
/// algorithm parameters"): none of the first, in which the chain finds where the mass is, then
/// windows that double in length, after each of which the metric is set anew, and none of the last,
/// in which the step size settles.
class WarmupWindows {
 public:
  explicit WarmupWindows(std::int64_t transitions);
  /// Whether transition `i`, from 0, is in a window.
  bool learns_metric(std::int64_t i) const;
  /// Whether it is the last one of a window.
  bool ends_window(std::int64_t i) const;

 private:
  std::int64_t first_ = 0;
  std::vector<std::int64_t> ends_;  // one past the last transition of each window
};

}  // namespace vippl::inference
