#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Bernoulli {
  static constexpr std::size_t parameter_count = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T p = parameters[0];
    return value_of(y) == 1 ? log(p) : log1p(-p);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.uniform() < parameters[0] ? 1 : 0;
  }
};

constexpr Parameter parameters[] = {{"p", Support::unit_interval, ""}};

}  // namespace

constinit const Distribution bernoulli =
    describe<Bernoulli, bernoulli>({.name = "bernoulli",
                                    .parameters = parameters,
                                    .summary = "1 with chance p, else 0",
                                    .source = "Johnson, Kemp & Kotz (2005), ch. 3",
                                    .support = Support::binary});

}  // namespace vippl::stdlib::distributions
