#include <numbers>

#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct StudentT {
  static constexpr std::size_t parameter_count = 3;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T df = parameters[0], location = parameters[1], scale = parameters[2];
    const T z = (y - location) / scale;
    return log_gamma(0.5 * df + 0.5) - log_gamma(0.5 * df) - 0.5 * log(std::numbers::pi * df) -
           log(scale) - (0.5 * df + 0.5) * log1p(z * z / df);  // near the mode z * z / df is tiny
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
