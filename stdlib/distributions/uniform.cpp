#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Uniform {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T lower = parameters[0], upper = parameters[1];
    return -log(upper - lower) + 0.0 * y;  // NaN stays NaN
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log((y - parameters[0]) / (parameters[1] - parameters[0]));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log((parameters[1] - y) / (parameters[1] - parameters[0]));
  }
  static double quantile(double p, std::span<const double> parameters) {
    return parameters[0] + p * (parameters[1] - parameters[0]);
  }
  static double mean(std::span<const double> parameters) {
    return 0.5 * (parameters[0] + parameters[1]);
  }
  static double variance(std::span<const double> parameters) {
    const double width = parameters[1] - parameters[0];
    return width * width / 12;
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return parameters[0] + (parameters[1] - parameters[0]) * rng.uniform();
  }
};

constexpr Parameter parameters[] = {{"lower", Support::real, ""},
                                    {"upper", between({Bound::Kind::parameter, 0, true}, {}), ""}};

}  // namespace

constinit const Distribution uniform = describe<Uniform, uniform>(
    {.name = "uniform",
     .parameters = parameters,
     .summary = "constant between its bounds, which belong to it",
     .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 26",
     .support = between({Bound::Kind::parameter, 0}, {Bound::Kind::parameter, 1})});

}  // namespace vippl::stdlib::distributions
