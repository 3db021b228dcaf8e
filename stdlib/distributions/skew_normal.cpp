#include "runtime/skew_normal.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct SkewNormal {
  static constexpr std::size_t parameter_count = 3;
  /// log P(Y <= z) with location 0 and scale 1.
  template <class T>
  static T log_standard_cdf(const T& z, const T& shape) {
    const runtime::SkewNormalTail tail = runtime::log_skew_normal_cdf(value_of(z), value_of(shape));
    return with_slope(with_slope(T(tail.log_chance), z, tail.by_x), shape, tail.by_shape);
  }
  static double standard_mean(double shape) {
    return std::sqrt(2 / std::numbers::pi) * shape / std::hypot(1, shape);
  }
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1], shape = parameters[2];
    const T z = (y - location) / scale;
    return 0.5 * std::log(2 / std::numbers::pi) - log(scale) - 0.5 * z * z +
           log_normal_cdf(shape * z);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_standard_cdf((y - parameters[0]) / parameters[1], parameters[2]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_standard_cdf((parameters[0] - y) / parameters[1], -parameters[2]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return search_quantile<SkewNormal>(p, parameters, mean(parameters), parameters[1],
                                       -std::numeric_limits<double>::infinity());
  }
  static double mean(std::span<const double> parameters) {
    return parameters[0] + parameters[1] * standard_mean(parameters[2]);
  }
  static double variance(std::span<const double> parameters) {
    const double centre = standard_mean(parameters[2]);
    return parameters[1] * parameters[1] * (1 - centre * centre);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    // Of two normals, the one folded at 0 has the weight that makes the skew.
    const double shape = parameters[2];
    const double norm = std::hypot(1, shape);
    const double folded = abs(rng.normal());
    const double z = (shape * folded + rng.normal()) / norm;
    return parameters[0] + parameters[1] * z;
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""},
                                    {"shape", Support::real, ""}};

}  // namespace

constinit const Distribution skew_normal = describe<SkewNormal, skew_normal>(
    {.name = "skew_normal",
     .parameters = parameters,
     .summary = "normal with one side pressed in; shape 0 is normal, positive leans to the right",
     .source = "Azzalini (1985), Scand. J. Statist. 12(2)",
     .support = Support::real});

}  // namespace vippl::stdlib::distributions
