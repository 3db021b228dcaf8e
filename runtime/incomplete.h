#pragma once

// The regularised incomplete gamma and beta functions in logs, with the derivatives that a tail of
// a distribution needs. For shapes from 1e-6 to 1e8 values keep about 12 digits, however far out,
// and derivatives too, of their own size or of that of the digamma functions they are differences
// of. NaN where undefined and where shapes are so large that no series ends, never an exception.

namespace vippl::runtime {

/// The log of a probability of a standard gamma variable, and its derivatives.
struct GammaTail {
  double log_chance;
  double by_shape;
  double by_x;
};
/// P(Y <= x) and P(Y > x) for Y ~ gamma(shape, 1).
[[gnu::const]] GammaTail log_gamma_p(double shape, double x) noexcept;
[[gnu::const]] GammaTail log_gamma_q(double shape, double x) noexcept;

/// The x with P(Y <= x) = p.
[[gnu::const]] double gamma_quantile(double shape, double p) noexcept;
/// The x with P(Y > x) = p: has digits where p is small.
[[gnu::const]] double gamma_upper_quantile(double shape, double p) noexcept;

/// The log of P(Y <= x) for Y ~ beta(a, b), and its derivatives.
struct BetaTail {
  double log_chance;
  double by_a;
  double by_b;
  double by_x;
};
/// `rest` is 1 - x, which the caller knows with all digits. P(Y > x) is log_ibeta(b, a, rest, x).
[[gnu::const]] BetaTail log_ibeta(double a, double b, double x, double rest) noexcept;

/// The x with P(Y <= x) = p, and 1 - x with all its digits.
struct BetaQuantile {
  double x;
  double rest;
};
[[gnu::const]] BetaQuantile beta_quantile(double a, double b, double p) noexcept;

/// log of rate^count exp(-rate) / gamma(count + 1) for any count >= 0: no loss where both are
/// large.
[[gnu::const]] double log_poisson_mass(double count, double rate) noexcept;

}  // namespace vippl::runtime
