#include <cmath>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct DiscreteUniform {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T count_of(std::span<const T> parameters) {
    return parameters[1] - parameters[0] + 1.0;
  }
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    return -log(count_of(parameters)) + 0.0 * y;  // NaN stays NaN
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return std::log((std::floor(value_of(y)) - value_of(parameters[0]) + 1) /
                    value_of(count_of(parameters)));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return std::log((value_of(parameters[1]) - std::floor(value_of(y))) /
                    value_of(count_of(parameters)));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return count_quantile<DiscreteUniform>(p, parameters, parameters[0], parameters[1]);
  }
  static double mean(std::span<const double> parameters) {
    return 0.5 * (parameters[0] + parameters[1]);
  }
  static double variance(std::span<const double> parameters) {
    const double count = count_of(parameters);
    return (count * count - 1) / 12;
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] +
           static_cast<double>(rng.index(static_cast<std::size_t>(count_of(parameters))));
  }
};

constexpr Parameter parameters[] = {
    {"lower", Support::whole, ""},
    {"upper", between({Bound::Kind::parameter, 0}, {}, Support::Kind::whole_number), ""}};

}  // namespace

constinit const Distribution discrete_uniform = describe<DiscreteUniform, discrete_uniform>(
    {.name = "discrete_uniform",
     .parameters = parameters,
     .summary = "each whole number from lower to upper alike",
     .source = "Johnson, Kemp & Kotz (2005), ch. 6",
     .support = between({Bound::Kind::parameter, 0}, {Bound::Kind::parameter, 1},
                        Support::Kind::whole_number)});

}  // namespace vippl::stdlib::distributions
