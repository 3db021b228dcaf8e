#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Poisson {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T rate = parameters[0];
    return value_of(y) * log(rate) - rate - log_factorial(value_of(y));
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.poisson(parameters[0]);
  }
};

constexpr Parameter parameters[] = {{"rate", Support::positive, ""}};

}  // namespace

constinit const Distribution poisson =
    describe<Poisson, poisson>({.name = "poisson",
                                .parameters = parameters,
                                .summary = "counts with mean and variance rate",
                                .source = "Johnson, Kemp & Kotz (2005), ch. 4",
                                .support = Support::count});

}  // namespace vippl::stdlib::distributions
