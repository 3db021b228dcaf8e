#pragma once

// Modified Bessel functions of whole order, over Boost.Math. NaN where undefined, never an
// exception.

namespace vippl::runtime {

/// Of the first kind.
[[gnu::const]] double bessel_i(double order, double x);
/// Of the second kind; infinity at 0.
[[gnu::const]] double bessel_k(double order, double x);

}  // namespace vippl::runtime
