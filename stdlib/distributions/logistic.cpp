#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Logistic {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T z = (y - location) / scale;
    return -z - log(scale) - 2 * log1p_exp(-z);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double u = rng.uniform();
    return parameters[0] + parameters[1] * (log(u) - log1p(-u));
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution logistic = describe<Logistic, logistic>(
    {.name = "logistic",
     .parameters = parameters,
     .summary = "logistic: its distribution function is the inverse logit",
     .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 23",
     .support = Support::real});

}  // namespace vippl::stdlib::distributions
