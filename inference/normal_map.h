#pragma once
#include "inference/summary.h"
#include "runtime/log_density.h"

namespace vippl::inference {

/// x = shift + scale f(z) with z ~ normal(location, sd): its exact moments and quantiles, where f
/// has them.
class NormalMap {
 public:
  /// `map.kind` is not `other`.
  NormalMap(const runtime::ScalarMap& map, double location, double sd);

  Moments moments() const;
  /// |d mean / d location|: how an error of the location shows in the mean.
  double mean_slope() const;
  /// E of the second derivative of x in z: twice how the mean answers to the variance of z.
  double mean_curvature() const;

  /// The quantile of z.
  double z_quantile(double share) const;
  /// x at z.
  double at(double z) const;
  bool is_increasing() const { return map_.scale >= 0; }

 private:
  runtime::ScalarMap map_;
  double location_;
  double sd_;
};

}  // namespace vippl::inference
