#pragma once

// Modified Bessel functions of whole order, over Boost.Math. NaN where undefined, never an
// exception.

namespace vippl::runtime {

/// Of the first kind.
[[gnu::const]] double bessel_i(double order, double x);
/// Of the second kind; infinity at 0.
[[gnu::const]] double bessel_k(double order, double x);

/// log of exp(-x) I_0(x) for x >= 0, which has no overflow, and its derivative.
[[gnu::const]] double log_scaled_bessel_i0(double x);
[[gnu::const]] double log_scaled_bessel_i0_slope(double x);

}  // namespace vippl::runtime
