#pragma once

namespace vippl::runtime {

/// The log of P(Y <= x) for Y with density 2 phi(x) Phi(shape x), of any sign of shape, and its
/// derivatives; accurate in both tails. P(Y > x) is that of -x and -shape.
struct SkewNormalTail {
  double log_chance;
  double by_x;
  double by_shape;
};
[[gnu::const]] SkewNormalTail log_skew_normal_cdf(double x, double shape) noexcept;

}  // namespace vippl::runtime
