#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct HalfStudentT {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T df = parameters[0], scale = parameters[1];
    const T z = y / scale;
    return std::numbers::ln2 + log_gamma(0.5 * df + 0.5) - log_gamma(0.5 * df) -
           0.5 * log(std::numbers::pi * df) - log(scale) - (0.5 * df + 0.5) * log1p(z * z / df);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    // The central part itself: 1 less a tail has no digits near 0.
    const T df = parameters[0];
    const T z = y / parameters[1];
    const T spread = df + z * z;
    return log_ibeta(T(0.5), 0.5 * df, z * z / spread, df / spread);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return std::numbers::ln2 + log_student_t_cdf(parameters[0], -y / parameters[1]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    const double df = parameters[0], scale = parameters[1];
    // Where the square of p leaves the range of doubles, and the density is flat.
    constexpr double tiny = 1e-9;
    if (p < tiny) return 0.5 * scale * p * sqrt(df) * exp(log_beta(0.5 * df, 0.5));
    const auto [x, rest] = runtime::beta_quantile(0.5, 0.5 * df, p);
    return scale * sqrt(df * x / rest);
  }
  static double mean(std::span<const double> parameters) {
    const double df = parameters[0], scale = parameters[1];
    if (df <= 1) return std::numeric_limits<double>::infinity();
    return 2 * scale * sqrt(df) / (df - 1) * exp(-log_beta(0.5 * df, 0.5));
  }
  static double variance(std::span<const double> parameters) {
    const double df = parameters[0], scale = parameters[1];
    if (df <= 2) return std::numeric_limits<double>::infinity();
    const double average = mean(parameters);
    return scale * scale * df / (df - 2) - average * average;
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return abs(parameters[1] * rng.student_t(parameters[0]));
  }
};

constexpr Parameter parameters[] = {{"df", Support::positive, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution half_student_t =
    describe<HalfStudentT, half_student_t>({.name = "half_student_t",
                                            .parameters = parameters,
                                            .summary = "Student's t with location 0, folded at 0",
                                            .source = "Gelman (2006), Bayesian Analysis 1(3)",
                                            .support = Support::nonnegative});

}  // namespace vippl::stdlib::distributions
