#include <algorithm>
#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/sum_of_masses.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Hypergeometric {
  static constexpr std::size_t parameter_count = 3;
  template <class T>
  static bool is_possible(std::span<const T> parameters) {
    return value_of(parameters[0]) <= value_of(parameters[1]) + value_of(parameters[2]);
  }
  /// The least and the greatest number of good ones that there can be.
  template <class T>
  static double first(std::span<const T> parameters) {
    return std::max(0.0, value_of(parameters[0]) - value_of(parameters[2]));
  }
  template <class T>
  static double last(std::span<const T> parameters) {
    return std::min(value_of(parameters[0]), value_of(parameters[1]));
  }
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const double drawn = value_of(y), draws = value_of(parameters[0]);
    const double good = value_of(parameters[1]), bad = value_of(parameters[2]);
    if (!is_possible(parameters) || drawn > good || draws - drawn > bad)
      return -std::numeric_limits<double>::infinity();
    return log_choose(good, drawn) + log_choose(bad, draws - drawn) - log_choose(good + bad, draws);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const double drawn = std::floor(value_of(y));
    if (!is_possible(parameters)) return -std::numeric_limits<double>::infinity();
    if (drawn >= last(parameters)) return 0.0;
    return log_sum_of_masses<Hypergeometric>(first(parameters), drawn, parameters);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const double next = std::floor(value_of(y)) + 1;
    if (!is_possible(parameters)) return -std::numeric_limits<double>::infinity();
    if (next <= first(parameters)) return 0.0;
    return log_sum_of_masses<Hypergeometric>(next, last(parameters), parameters);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<Hypergeometric>(p, parameters, first(parameters), last(parameters));
  }
  static double mean(std::span<const double> parameters) {
    const double draws = parameters[0], good = parameters[1], total = good + parameters[2];
    return total == 0 ? 0 : draws * good / total;
  }
  static double variance(std::span<const double> parameters) {
    const double draws = parameters[0], total = parameters[1] + parameters[2];
    if (total < 2) return 0;
    return mean(parameters) * (parameters[2] / total) * (total - draws) / (total - 1);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    double good = parameters[1];
    double total = good + parameters[2];
    double drawn = 0;
    for (double left = parameters[0]; left > 0; --left, --total) {
      if (rng.uniform() * total >= good) continue;
      --good;
      ++drawn;
    }
    return drawn;
  }
};

constexpr Parameter parameters[] = {
    {"draws", Support::count, ""}, {"good", Support::count, ""}, {"bad", Support::count, ""}};

}  // namespace

constinit const Distribution hypergeometric = describe<Hypergeometric, hypergeometric>(
    {.name = "hypergeometric",
     .parameters = parameters,
     .summary = "good ones among draws without return from good and bad ones",
     .source = "Johnson, Kemp & Kotz (2005), ch. 6",
     .support = between({Bound::Kind::constant, 0}, {Bound::Kind::parameter, 0},
                        Support::Kind::whole_number)});

}  // namespace vippl::stdlib::distributions
