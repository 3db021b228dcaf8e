#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Weibull {
  static constexpr std::size_t parameter_count = 2;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T shape = parameters[0], scale = parameters[1];
    const T log_ratio = log(y) - log(scale);
    return log(shape) - log(scale) + (shape - 1.0) * log_ratio - exp(shape * log_ratio);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[1] * pow(rng.exponential(), 1 / parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution weibull =
    describe<Weibull, weibull>({.name = "weibull",
                                .parameters = parameters,
                                .summary = "lifetimes; survival exp(-(y / scale)^shape)",
                                .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 21",
                                .support = Support::positive});

}  // namespace vippl::stdlib::distributions
