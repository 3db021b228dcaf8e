#include <numbers>

#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct LogitNormal {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1];
    const T log_y = log(y), log_rest = log1p(-y);
    const T z = (log_y - log_rest - location) / scale;
    return -0.5 * std::log(2 * std::numbers::pi) - log(scale) - log_y - log_rest - 0.5 * z * z;
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    return log_normal_cdf((log(y) - log1p(-y) - parameters[0]) / parameters[1]);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    return log_normal_cdf((parameters[0] - log(y) + log1p(-y)) / parameters[1]);
  }
  static double quantile(double p, std::span<const double> parameters) {
    return 1 / (1 + exp(-parameters[0] - parameters[1] * runtime::normal_quantile(p)));
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return 1 / (1 + exp(-parameters[0] - parameters[1] * rng.normal()));
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution logit_normal = describe<LogitNormal, logit_normal>(
    {.name = "logit_normal",
     .parameters = parameters,
     .summary = "logit(y) is normal with this location and scale",
     .source = "Aitchison & Shen (1980), Biometrika 67(2)",
     .support = Support::open_unit_interval});

}  // namespace vippl::stdlib::distributions
