#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Skellam {
  static constexpr std::size_t parameter_count = 2;
  struct Mass {
    double log_chance;
    double by_rate1;
    double by_rate2;
  };

  /// The likeliest count of the second poisson, given their difference.
  static double likely_count(double difference, double rate1, double rate2) {
    const double product = rate1 * rate2;
    const double root = std::sqrt(difference * difference + 4 * product);
    const double count = difference > 0 ? 2 * product / (difference + root)  // no cancellation
                                        : 0.5 * (root - difference);
    return std::max(std::floor(count), std::max(0.0, -difference));
  }

  /// The sum over the counts of the second poisson, from the likeliest one outwards: no Bessel
  /// function, no cancellation. The terms' mean count gives the derivatives.
  static Mass mass(double difference, double rate1, double rate2) {
    if (std::isinf(difference)) return {-infinity, 0, 0};
    const double least = std::max(0.0, -difference);
    const double start = likely_count(difference, rate1, rate2);
    const double log_start = runtime::log_poisson_mass(start + difference, rate1) +
                             runtime::log_poisson_mass(start, rate2);
    const double slope1 = (start + difference - rate1) / rate1;
    const double slope2 = (start - rate2) / rate2;
    const double product = rate1 * rate2;
    constexpr double normal_from = 1e8;  // where the terms follow a normal density closely
    if (std::min(start, start + difference) > normal_from) {
      // Laplace's method to the second order, from derivatives of the log of a term at `start`.
      const double a = 1 / start, b = 1 / (start + difference);
      const double first = log(product * a * b) - 0.5 * (a + b);
      const double second = a + b - 0.5 * (a * a + b * b);  // less itself
      const double third = a * a + b * b;
      const double fourth = -2 * (a * a * a + b * b * b);
      const double correction =
          (fourth / 8 + 0.5 * third * first + 5 * third * third / (24 * second)) /
          (second * second);
      const double log_sum = 0.5 * (first * first / second - log(second / (2 * std::numbers::pi)));
      const double excess = first / second + third / (2 * second * second);
      return {log_start + log_sum + correction, slope1 + excess / rate1, slope2 + excess / rate2};
    }
    double sum = 1;
    double moment = 0;  // about `start`
    double term = 1;
    for (double k = start; term > negligible * sum; ++k) {
      term *= product / ((k + 1) * (k + 1 + difference));
      sum += term;
      moment += term * (k + 1 - start);
    }
    term = 1;
    for (double k = start; k > least && term > negligible * sum; --k) {
      term *= k * (k + difference) / product;
      sum += term;
      moment += term * (k - 1 - start);
    }
    const double excess = moment / sum;
    return {log_start + log(sum), slope1 + excess / rate1, slope2 + excess / rate2};
  }

  /// log P(Y <= difference) by adding up, over the counts of the second poisson, its chance times a
  /// tail of the first. Upwards from where the terms are negligible, so that each follows from the
  /// one before by additions only; for differences below the mean, where the terms peak near the
  /// likely count.
  static double log_small_tail(double difference, double rate1, double rate2) {
    constexpr double widest = 3e4;
    constexpr double margin = 12;  // in standard deviations
    const double likely = likely_count(difference, rate1, rate2);
    const double spread = std::sqrt(likely * (likely + difference) / (2 * likely + difference + 1));
    if (!(spread < widest)) return log_tail_of_large_rates(difference, rate1, rate2);
    double k = std::max(std::floor(likely - margin * spread) - 20, std::max(0.0, -difference));
    const double log_tail = log_gamma_q(k + difference + 1, rate1);
    const double reference = runtime::log_poisson_mass(k, rate2) + log_tail;
    double growth = exp(runtime::log_poisson_mass(k + difference + 1, rate1) - log_tail);
    double term = 1;
    double sum = 1;
    while (k <= likely || term > negligible * sum) {
      term *= rate2 / (k + 1) * (1 + growth);
      growth *= rate1 / ((k + difference + 2) * (1 + growth));
      sum += term;
      ++k;
    }
    return reference + log(sum);
  }

  /// The same where both poissons have large rates, by the saddlepoint formula of Lugannani and
  /// Rice (1980), Adv. Appl. Prob. 12(2), for whole numbers as in Daniels (1987), Int. Stat. Rev.
  /// 55(1): its relative error is below 1e-9 there. It is for the upper tail of -Y, from
  /// -difference.
  static double log_tail_of_large_rates(double difference, double rate1, double rate2) {
    const double from = -difference - 0.5;
    const double beyond = from - (rate2 - rate1);  // the mean; positive
    // The tilt t under which the mean is `from`: rate2 exp(t) - rate1 exp(-t) = from, with
    // root = rate2 exp(t) + rate1 exp(-t).
    const double root = std::sqrt(from * from + 4 * rate1 * rate2);
    const double tilt =
        log1p(beyond * (1 + (from + rate2 - rate1) / (root + rate1 + rate2)) / (2 * rate2));
    // Without the parts that cancel: t from - K(t), K the cumulants' generating function.
    const double half_square =
        tilt * beyond - rate2 * expm1_excess(tilt) - rate1 * expm1_excess(-tilt);
    const double w = std::copysign(std::sqrt(2 * half_square), beyond);
    const double sd = std::sqrt(root);
    constexpr double central = 1e-3;
    const double difference_of_inverses =
        w > central ? 1 / (2 * std::sinh(0.5 * tilt) * sd) - 1 / w : -from / (6 * root * sd);
    return -half_square - 0.5 * log(2 * std::numbers::pi) +
           log(exp(log_mills(w)) + difference_of_inverses);
  }

  /// exp(t) - 1 - t.
  static double expm1_excess(double t) {
    constexpr double near = 0.3;
    if (std::abs(t) > near) return std::expm1(t) - t;
    double term = 0.5 * t * t;
    double sum = term;
    for (double k = 3; std::abs(term) > negligible * sum; ++k) sum += term *= t / k;
    return sum;
  }

  template <bool lower, class T>
  static T tail(double difference, std::span<const T> parameters) {
    const double rate1 = value_of(parameters[0]), rate2 = value_of(parameters[1]);
    if (std::isinf(difference)) return (difference > 0) == lower ? 0 : -infinity;
    const bool is_small_lower = difference < rate1 - rate2;
    const double small = is_small_lower ? log_small_tail(difference, rate1, rate2)
                                        : log_small_tail(-difference - 1, rate2, rate1);
    const double value = is_small_lower == lower ? small : log1m_exp(small);
    // One more of the first poisson, or of the second, moves Y over the bound from its very value.
    const double sign = lower ? 1 : -1;
    const double out = -sign * exp(mass(difference, rate1, rate2).log_chance - value);
    const double in = sign * exp(mass(difference + 1, rate1, rate2).log_chance - value);
    return with_slope(with_slope(T(value), parameters[0], out), parameters[1], in);
  }

  static constexpr double infinity = std::numeric_limits<double>::infinity();
  static constexpr double negligible = 1e-17;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const Mass found = mass(value_of(y), value_of(parameters[0]), value_of(parameters[1]));
    return with_slope(with_slope(T(found.log_chance), parameters[0], found.by_rate1), parameters[1],
                      found.by_rate2);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return tail<true>(std::floor(value_of(y)), parameters);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return tail<false>(std::floor(value_of(y)), parameters);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<Skellam>(p, parameters, -infinity, infinity);
  }
  static double mean(std::span<const double> parameters) { return parameters[0] - parameters[1]; }
  static double variance(std::span<const double> parameters) {
    return parameters[0] + parameters[1];
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.poisson(parameters[0]) - rng.poisson(parameters[1]);
  }
};

constexpr Parameter parameters[] = {{"rate1", Support::positive, ""},
                                    {"rate2", Support::positive, ""}};

}  // namespace

constinit const Distribution skellam =
    describe<Skellam, skellam>({.name = "skellam",
                                .parameters = parameters,
                                .summary = "difference of two independent poissons",
                                .source = "Johnson, Kemp & Kotz (2005), ch. 4",
                                .support = Support::whole});

}  // namespace vippl::stdlib::distributions
