#include <numbers>

#include "stdlib/describe.h"

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
