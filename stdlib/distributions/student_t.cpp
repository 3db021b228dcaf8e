#include <algorithm>
#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/engine_kernel.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct StudentT {
  static constexpr std::size_t parameter_count = 3;
  static constexpr std::size_t predicted = 1;
  static constexpr runtime::DensityForm form = runtime::DensityForm::student_t;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T df = parameters[0], location = parameters[1], scale = parameters[2];
    const T z = (y - location) / scale;
    return log_gamma(0.5 * df + 0.5) - log_gamma(0.5 * df) - 0.5 * log(std::numbers::pi * df) -
           log(scale) - (0.5 * df + 0.5) * log1p(z * z / df);  // near the mode z * z / df is tiny
  }
  static bool fast_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
    return run_density<4>(runtime::simd::engine().student_t, count, arguments, values, partials);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_student_t_cdf(parameters[0], (y - parameters[1]) / parameters[2]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_student_t_cdf(parameters[0], (parameters[1] - y) / parameters[2]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    const double df = parameters[0];
    const auto [x, rest] = runtime::beta_quantile(0.5 * df, 0.5, 2 * std::min(p, 1 - p));
    const double size = sqrt(df * rest / x);
    return parameters[1] + parameters[2] * (p < 0.5 ? -size : size);
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] > 1 ? parameters[1] : std::numeric_limits<double>::quiet_NaN();
  }
  static double variance(std::span<const double> parameters) {
    const double df = parameters[0], scale = parameters[2];
    if (df > 2) return scale * scale * df / (df - 2);
    return df > 1 ? std::numeric_limits<double>::infinity()
                  : std::numeric_limits<double>::quiet_NaN();
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[1] + parameters[2] * rng.student_t(parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"df", Support::positive, ""},
                                    {"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution student_t = describe<StudentT, student_t>(
    {.name = "student_t",
     .parameters = parameters,
     .summary = "Student's t with df degrees of freedom, shifted and scaled",
     .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 28",
     .support = Support::real});

}  // namespace vippl::stdlib::distributions
