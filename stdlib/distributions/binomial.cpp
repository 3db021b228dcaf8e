#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Binomial {
  static constexpr std::size_t parameter_count = 2;
  static constexpr std::size_t predicted = 1;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T p = parameters[1];
    const double successes = value_of(y), trials = value_of(parameters[0]);
    return log_choose(trials, successes) + x_log_y(successes, p) +
           x_log_y(trials - successes, 1.0 - p);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return rng.binomial(parameters[0], parameters[1]);
  }
};

constexpr Parameter parameters[] = {{"trials", Support::count, ""},
                                    {"p", Support::unit_interval, ""}};

}  // namespace

constinit const Distribution binomial = describe<Binomial, binomial>(
    {.name = "binomial",
     .parameters = parameters,
     .summary = "successes among so many trials, each with chance p",
     .source = "Johnson, Kemp & Kotz (2005), ch. 3",
     .support = between({Bound::Kind::constant, 0}, {Bound::Kind::parameter, 0},
                        Support::Kind::whole_number)});

}  // namespace vippl::stdlib::distributions
