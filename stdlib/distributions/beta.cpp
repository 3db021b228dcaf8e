#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Beta {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T a = parameters[0], b = parameters[1];
    return (a - 1.0) * log(y) + (b - 1.0) * log1p(-y) - log_beta(a, b);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.beta(parameters[0], parameters[1]);
  }
};

constexpr Parameter parameters[] = {{"alpha", Support::positive, ""},
                                    {"beta", Support::positive, ""}};

}  // namespace

constinit const Distribution beta =
    describe<Beta, beta>({.name = "beta",
                          .parameters = parameters,
                          .summary = "beta; mean alpha / (alpha + beta)",
                          .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 25",
                          .support = Support::open_unit_interval});

}  // namespace vippl::stdlib::distributions
