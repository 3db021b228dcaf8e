#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct AsymmetricLaplace {
  static constexpr std::size_t parameter_count = 3;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], scale = parameters[1], p = parameters[2];
    const T u = (y - location) / scale;
    return log(p) + log1p(-p) - log(scale) - (value_of(u) < 0 ? u * (p - 1.0) : u * p);
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T p = parameters[2];
    const T u = (y - parameters[0]) / parameters[1];
    return value_of(u) < 0 ? log(p) + (1.0 - p) * u : log1m_exp(log1p(-p) - p * u);
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T p = parameters[2];
    const T u = (y - parameters[0]) / parameters[1];
    return value_of(u) < 0 ? log1m_exp(log(p) + (1.0 - p) * u) : log1p(-p) - p * u;
  }
  static double quantile(double p, std::span<const double> parameters) {
    const double at_location = parameters[2];
    const double u = p < at_location ? log(p / at_location) / (1 - at_location)
                                     : -log((1 - p) / (1 - at_location)) / at_location;
    return parameters[0] + parameters[1] * u;
  }
  static double mean(std::span<const double> parameters) {
    const double p = parameters[2];
    return parameters[0] + parameters[1] * (1 - 2 * p) / (p * (1 - p));
  }
  static double variance(std::span<const double> parameters) {
    const double p = parameters[2];
    const double ratio = parameters[1] / (p * (1 - p));
    return ratio * ratio * (1 - 2 * p * (1 - p));
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    const double p = parameters[2];
    const double right = rng.exponential() / p;
    const double left = rng.exponential() / (1 - p);
    return parameters[0] + parameters[1] * (right - left);
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"scale", Support::positive, ""},
                                    {"p", Support::open_unit_interval, ""}};

}  // namespace

constinit const Distribution asymmetric_laplace = describe<AsymmetricLaplace, asymmetric_laplace>(
    {.name = "asymmetric_laplace",
     .parameters = parameters,
     .summary = "Laplace whose location is the p-quantile: quantile regression",
     .source = "Yu & Zhang (2005), Commun. Statist. Theory Methods 34(9-10)",
     .support = Support::real});

}  // namespace vippl::stdlib::distributions
