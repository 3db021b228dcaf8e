#include <numbers>

#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Cauchy {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T z = (y - location) / scale;
    return -std::log(std::numbers::pi) - log(scale) - log1p(z * z);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] + parameters[1] * rng.cauchy();
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution cauchy =
    describe<Cauchy, cauchy>({.name = "cauchy",
                              .parameters = parameters,
                              .summary = "Cauchy: Student's t with one degree of freedom, no mean",
                              .source = "Johnson, Kotz & Balakrishnan (1994), vol. 1, ch. 16",
                              .support = Support::real});

}  // namespace vippl::stdlib::distributions
