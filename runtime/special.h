#pragma once

// Special functions that the standard library has not, over Boost.Math. NaN where undefined, never
// an exception.

namespace vippl::runtime {

/// log |gamma(x)|; infinity at 0 and the negative whole numbers. As std::lgamma, but without its
/// global variable, so that calls with the same argument can leave a loop and threads do not meet.
[[gnu::const]] double log_gamma(double x) noexcept;

/// The derivative of log_gamma.
[[gnu::const]] double digamma(double x) noexcept;

/// The derivative of digamma.
[[gnu::const]] double trigamma(double x) noexcept;

/// log of gamma(a) gamma(b) / gamma(a + b), for positive a and b.
[[gnu::const]] double log_beta(double a, double b) noexcept;

/// log(n!) of a whole number; as cheap as reading a table for those that data are made of.
[[gnu::const]] double log_factorial(double n) noexcept;

/// log of the number of ways to choose k of n, 0 <= k <= n.
[[gnu::const]] double log_choose(double n, double k) noexcept;

/// The log of the distribution function of the standard normal, accurate in both tails.
[[gnu::const]] double log_normal_cdf(double x) noexcept;

/// Mills' ratio of the standard normal, P(Z > x) over the density at x: its log, and the derivative
/// of that. Keeps its digits where both parts leave the range of doubles.
[[gnu::const]] double log_mills(double x) noexcept;
[[gnu::const]] double log_mills_slope(double x) noexcept;

/// log(1 - exp(x)) for x <= 0. Maechler (2012), "Accurately computing log(1 - exp(-|a|))".
[[gnu::const]] double log1m_exp(double x) noexcept;

/// The distribution function of the standard normal, and its inverse.
[[gnu::const]] double normal_cdf(double x) noexcept;
[[gnu::const]] double normal_quantile(double p) noexcept;

}  // namespace vippl::runtime
