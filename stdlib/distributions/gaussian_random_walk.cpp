#include <algorithm>
#include <cmath>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/event.h"

namespace vippl::stdlib::distributions {

namespace {

struct GaussianRandomWalk {
  static constexpr runtime::LocationScale units = {.location = 0, .scale = 1};

  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& start = call.arguments[1];
    const EventArgument& scale = call.arguments[2];
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> y = row_values(value, r);
      const double from = *start.row(r);
      const double s = *scale.row(r);
      double& result = call.log_densities[r];
      if (!(s > 0) || !std::isfinite(s) || !std::isfinite(from) || !are_finite(y)) {
        result = outside(call, r);
        continue;
      }
      double squares = 0;
      for (std::size_t t = 0; t < y.size(); ++t) {
        const double step = (y[t] - (t == 0 ? from : y[t - 1])) / s;
        squares += step * step;
      }
      const auto size = static_cast<double>(y.size());
      result = -size * (0.5 * std::log(2 * std::numbers::pi) + std::log(s)) - 0.5 * squares;
      const double weight = weight_of(call, r);
      if (weight == 0 || !std::isfinite(result)) continue;

      const std::span<double> value_adjoint = row_adjoint(value, r);
      const std::span<double> start_adjoint = row_adjoint(start, r);
      const std::span<double> scale_adjoint = row_adjoint(scale, r);
      if (!scale_adjoint.empty()) scale_adjoint[0] += weight * (squares - size) / s;
      for (std::size_t t = 0; t < y.size(); ++t) {
        const double slope = weight * (y[t] - (t == 0 ? from : y[t - 1])) / (s * s);
        if (!value_adjoint.empty()) value_adjoint[t] -= slope;
        if (!value_adjoint.empty() && t > 0) value_adjoint[t - 1] += slope;
        if (!start_adjoint.empty() && t == 0) start_adjoint[0] += slope;
      }
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    double level = parameters[0][0];
    for (double& y : out) y = level += parameters[1][0] * rng.normal();
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    std::ranges::fill(out, parameters[0][0]);
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    const double step = parameters[1][0] * parameters[1][0];
    double sum = 0;
    for (double& x : out) x = sum += step;
  }
};

constexpr Parameter parameters[] = {{"start", Support::real, ""}, {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution gaussian_random_walk = describe_event<GaussianRandomWalk>(
    {.name = "gaussian_random_walk",
     .parameters = parameters,
     .summary = "y[1] ~ normal(start, scale), y[t] ~ normal(y[t - 1], scale)",
     .source = "Durbin & Koopman (2012), Time Series Analysis by State Space Methods, ch. 2",
     .support = Support::real,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
