#include "runtime/incomplete.h"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/quiet_boost.h"
#include "runtime/special.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

// The series and fractions need some ten times the root of the largest shape.
constexpr int most_terms = 500'000;

// A complement this near to 1 tells too few digits of the rest: Boost knows the rest itself.
constexpr double nearly_sure = -0.1;

/// log gamma(z) less Stirling's (z - 1/2) log z - z + log(2 pi) / 2.
double stirling_error(double z) {
  if (z < 10)
    return log_gamma(z) - (z - 0.5) * std::log(z) + z - 0.5 * std::log(2 * std::numbers::pi);
  const double r = 1 / (z * z);
  return (1.0 / 12 -
          r * (1.0 / 360 -
               r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188 - r * 691.0 / 360360))))) /
         z;
}

/// a log(m / a) - m + a: what large terms leave when they cancel.
double deviance(double a, double m) {
  const double t = (m - a) / a;
  return a * (std::abs(t) < 0.5 ? boost::math::log1pmx(t, quiet) : std::log(m / a) - t);
}

/// A continued fraction by the modified method of Lentz, with the derivatives of its log by N
/// parameters. Only ratios of successive convergents are kept.
template <int N>
class Fraction {
 public:
  /// Starts with the value 1 / denominator.
  Fraction(double denominator, const double (&slopes)[N]) : value_(1 / denominator) {
    d_ = value_;
    for (int k = 0; k < N; ++k) {
      d_slope_[k] = -slopes[k] * d_ * d_;
      log_slope_[k] = slopes[k] * -d_;
    }
  }
  /// The next partial quotient a / (b + ...), with the derivatives of a and b. For a fraction
  /// 1 / (b0 + a1 / (b1 + ...)), whose first numerator is 1, c starts infinite.
  void extend(double a, const double (&a_slopes)[N], double b, const double (&b_slopes)[N]) {
    const double denominator = b + a * d_;
    const double next_d = 1 / denominator;
    const double next_c = b + a * per_c_;
    const double factor = next_d * next_c;
    settled_ = std::abs(factor - 1) <= 2 * epsilon;
    for (int k = 0; k < N; ++k) {
      const double c_slope = b_slopes[k] + a_slopes[k] * per_c_ + a * per_c_slope_[k];
      const double slope = b_slopes[k] + a_slopes[k] * d_ + a * d_slope_[k];
      d_slope_[k] = -slope * next_d * next_d;
      per_c_slope_[k] = -c_slope / (next_c * next_c);
      const double up = c_slope / next_c;
      const double down = slope * next_d;
      log_slope_[k] += up - down;
      settled_ =
          settled_ && std::abs(up - down) <= 2 * epsilon * (std::abs(log_slope_[k]) + std::abs(up));
    }
    d_ = next_d;
    per_c_ = 1 / next_c;
    value_ *= factor;
  }
  bool settled() const { return settled_; }
  double value() const { return value_; }
  double log_slope(int k) const { return log_slope_[k]; }

 private:
  double value_;
  double d_;
  double per_c_ = 0;
  double d_slope_[N] = {};
  double per_c_slope_[N] = {};
  double log_slope_[N] = {};
  bool settled_ = false;
};

/// From the log of one probability and its derivatives to those of the other.
double log_rest(double log_chance) {
  return log_chance > -std::numbers::ln2 ? std::log(-std::expm1(log_chance))
                                         : std::log1p(-std::exp(log_chance));
}

struct GammaTails {
  GammaTail lower;
  GammaTail upper;
};

// Below the mean the series of P, above it the fraction of Q (Abramowitz & Stegun 6.5.29, 6.5.31),
// each differentiated by the shape as in Moore (1982), Applied Statistics 31(3), AS 187: all terms
// of a derivative have one sign there, so that it keeps its digits.
GammaTails gamma_tails(double a, double x) {
  if (!(a > 0) || !(x >= 0) || a == infinity) {
    const GammaTail undefined = {not_a_number, not_a_number, not_a_number};
    return {undefined, undefined};
  }
  if (x == 0) return {{-infinity, 0, 0}, {0, 0, 0}};
  if (x == infinity) return {{0, 0, 0}, {-infinity, 0, 0}};
  const double log_term = log_poisson_mass(a, x);
  const double log_slope = log_term + std::log(a) - std::log(x);  // log of the density at x
  bool settled = false;
  double first = 0;
  double first_by_shape = 0;
  const bool is_lower = x < a + 1;
  if (is_lower) {
    double term = 1;
    double sum = 1;
    double logarithmic = 0;
    double slope = 0;
    for (int n = 1; n < most_terms && !settled; ++n) {
      const double per = 1 / (a + n);
      term *= x * per;
      logarithmic -= per;
      sum += term;
      slope += term * logarithmic;
      settled = term <= 0.1 * epsilon * sum && x < a + n;
    }
    first = log_term + std::log(sum);
    first_by_shape = std::log(x) - digamma(a + 1) + slope / sum;
  } else {
    double b = x + 1 - a;
    Fraction<1> fraction(b, {-1});
    for (int n = 1; n < most_terms && !settled; ++n) {
      b += 2;
      fraction.extend(n * (a - n), {static_cast<double>(n)}, b, {-1});
      settled = fraction.settled();
    }
    first = log_term + std::log(a) + std::log(fraction.value());
    first_by_shape = std::log(x) - digamma(a) + fraction.log_slope(0);
  }
  if (!settled) first = not_a_number;
  double second = log_rest(first);
  if (is_lower && first > nearly_sure) {
    second = std::log(boost::math::gamma_q(a, x, quiet));
    first = log_rest(second);
  }
  const double odds = std::exp(first - second);
  const double sign = is_lower ? 1 : -1;
  const GammaTail near = {first, first_by_shape, sign * std::exp(log_slope - first)};
  const GammaTail far = {second, -odds * first_by_shape, -sign * std::exp(log_slope - second)};
  return is_lower ? GammaTails{near, far} : GammaTails{far, near};
}

/// log of the density of beta(a, b) at x, times x (1 - x).
double log_beta_term(double a, double b, double x, double rest) {
  const double n = a + b;
  return deviance(a, n * x) + deviance(b, n * rest) +
         0.5 * (std::log(a / n) + std::log(b) - std::log(2 * std::numbers::pi)) +
         stirling_error(n) - stirling_error(a) - stirling_error(b);
}

// For x below the mean. Boik & Robinson-Cox (1998), J. Statistical Software 3(1), differentiate the
// fraction likewise; this one is Abramowitz & Stegun 26.5.8.
BetaTail lower_beta_tail(double a, double b, double x, double rest, double log_term) {
  const double n = a + b;
  Fraction<2> fraction(1, {0, 0});
  bool settled = false;
  for (int m = 0; m < most_terms && !settled; ++m) {
    const double odd = -(a + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    const double odd_value = odd * (n + m);
    fraction.extend(
        odd_value,
        {odd_value * (1 / (a + m) + 1 / (n + m) - 1 / (a + 2 * m) - 1 / (a + 2 * m + 1)), odd}, 1,
        {0, 0});
    settled = fraction.settled();
    const double even = (m + 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2));
    const double even_value = even * (b - m - 1);
    fraction.extend(even_value, {-even_value * (1 / (a + 2 * m + 1) + 1 / (a + 2 * m + 2)), even},
                    1, {0, 0});
    settled = settled && fraction.settled();
  }
  const double both = digamma(n);
  const double log_chance =
      settled ? log_term - std::log(a) + std::log(fraction.value()) : not_a_number;
  return {log_chance, std::log(x) - digamma(a + 1) + both + fraction.log_slope(0),
          std::log(rest) - digamma(b) + both + fraction.log_slope(1), 0};
}

}  // namespace

GammaTail log_gamma_p(double shape, double x) noexcept { return gamma_tails(shape, x).lower; }

GammaTail log_gamma_q(double shape, double x) noexcept { return gamma_tails(shape, x).upper; }

double gamma_quantile(double shape, double p) noexcept {
  if (p == 1) return infinity;
  return boost::math::gamma_p_inv(shape, p, quiet);
}

double gamma_upper_quantile(double shape, double p) noexcept {
  if (p == 0) return infinity;
  return boost::math::gamma_q_inv(shape, p, quiet);
}

BetaTail log_ibeta(double a, double b, double x, double rest) noexcept {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(rest >= 0) || a == infinity || b == infinity)
    return {not_a_number, not_a_number, not_a_number, not_a_number};
  if (x == 0) return {-infinity, 0, 0, 0};
  if (rest == 0) return {0, 0, 0, 0};
  const double log_term = log_beta_term(a, b, x, rest);
  const double log_slope = log_term - std::log(x) - std::log(rest);
  BetaTail tail;
  if (x * (a + b + 2) < a + 1) {
    tail = lower_beta_tail(a, b, x, rest, log_term);
    if (tail.log_chance > nearly_sure)
      tail.log_chance = std::log1p(-boost::math::ibetac(a, b, x, quiet));
  } else {
    const BetaTail other = lower_beta_tail(b, a, rest, x, log_term);
    tail.log_chance = other.log_chance > nearly_sure
                          ? std::log(boost::math::ibetac(b, a, rest, quiet))
                          : log_rest(other.log_chance);
    const double odds = std::exp(other.log_chance - tail.log_chance);
    tail.by_a = -odds * other.by_b;
    tail.by_b = -odds * other.by_a;
  }
  tail.by_x = std::exp(log_slope - tail.log_chance);
  return tail;
}

BetaQuantile beta_quantile(double a, double b, double p) noexcept {
  double rest = 0;
  const double x = boost::math::ibeta_inv(a, b, p, &rest, quiet);
  return {x, rest};
}

double log_poisson_mass(double count, double rate) noexcept {
  if (count == 0) return -rate;
  if (rate == 0) return -infinity;
  // Loader (2000), "Fast and accurate computation of binomial probabilities".
  return deviance(count, rate) - 0.5 * std::log(2 * std::numbers::pi * count) -
         stirling_error(count);
}

}  // namespace vippl::runtime
