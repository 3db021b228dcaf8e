#include <numbers>

#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Laplace {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    return -std::numbers::ln2 - log(scale) - abs(y - location) / scale;
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double size = parameters[1] * rng.exponential();
    return parameters[0] + (rng.uniform() < 0.5 ? -size : size);
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution laplace =
    describe<Laplace, laplace>({.name = "laplace",
                                .parameters = parameters,
                                .summary = "double exponential; variance 2 scale^2",
                                .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 24",
                                .support = Support::real});

}  // namespace vippl::stdlib::distributions
