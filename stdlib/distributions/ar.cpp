#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "stdlib/describe.h"
#include "stdlib/event.h"

namespace vippl::stdlib::distributions {

namespace {

/// What the values before time t predict of y[t] - location.
double prediction(std::span<const double> coefficients, std::span<const double> y, double location,
                  std::size_t t) {
  double sum = 0;
  for (std::size_t j = 0; j < std::min(coefficients.size(), t); ++j)
    sum += coefficients[j] * (y[t - 1 - j] - location);
  return sum;
}

struct Ar {
  static constexpr runtime::LocationScale units = {.location = 1, .scale = 2};

  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    return arguments[0].extents[0];
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& coefficients = call.arguments[1];
    const EventArgument& location = call.arguments[2];
    const EventArgument& scale = call.arguments[3];
    const std::span<double> errors(call.scratch, static_cast<std::size_t>(value.extents[0]));
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> y = row_values(value, r);
      const std::span<const double> c = row_values(coefficients, r);
      const double m = *location.row(r);
      const double s = *scale.row(r);
      double& result = call.log_densities[r];
      const bool good = s > 0 && std::isfinite(s) && std::isfinite(m);
      if (!good || !are_finite(c) || !are_finite(y)) {
        result = outside(call, r);
        continue;
      }
      double squares = 0;
      for (std::size_t t = 0; t < y.size(); ++t) {
        errors[t] = (y[t] - m - prediction(c, y, m, t)) / s;
        squares += errors[t] * errors[t];
      }
      const auto size = static_cast<double>(y.size());
      result = -size * (0.5 * std::log(2 * std::numbers::pi) + std::log(s)) - 0.5 * squares;
      if (weight_of(call, r) == 0 || !std::isfinite(result)) continue;
      const std::span<double> scale_adjoint = row_adjoint(scale, r);
      if (!scale_adjoint.empty()) scale_adjoint[0] += weight_of(call, r) * (squares - size) / s;
      add_adjoints(call, r, errors);
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const double location = parameters[1][0];
    const double scale = parameters[2][0];
    for (std::size_t t = 0; t < out.size(); ++t)
      out[t] = location + prediction(parameters[0], out, location, t) + scale * rng.normal();
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    std::ranges::fill(out, parameters[1][0]);
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    // What an error does to the values after it: psi[0] = 1, psi[t] = sum of c_k psi[t - k].
    const double scale = parameters[2][0];
    std::vector<double> psi(out.size());
    double squares = 0;
    for (std::size_t t = 0; t < out.size(); ++t) {
      psi[t] = t == 0 ? 1 : prediction(parameters[0], psi, 0, t);
      squares += psi[t] * psi[t];
      out[t] = scale * scale * squares;
    }
  }

 private:
  /// Of the value, the coefficients and the location; `errors` are in units of the scale.
  static void add_adjoints(const EventCall& call, Index r, std::span<const double> errors) {
    const std::span<const double> y = row_values(call.arguments[0], r);
    const std::span<const double> c = row_values(call.arguments[1], r);
    const double m = *call.arguments[2].row(r);
    const std::span<double> y_adjoint = row_adjoint(call.arguments[0], r);
    const std::span<double> c_adjoint = row_adjoint(call.arguments[1], r);
    const std::span<double> m_adjoint = row_adjoint(call.arguments[2], r);
    for (std::size_t t = 0; t < y.size(); ++t) {
      const double slope = weight_of(call, r) * errors[t] / *call.arguments[3].row(r);
      if (!y_adjoint.empty()) y_adjoint[t] -= slope;
      if (!m_adjoint.empty()) m_adjoint[0] += slope;
      for (std::size_t j = 0; j < std::min(c.size(), t); ++j) {
        if (!y_adjoint.empty()) y_adjoint[t - 1 - j] += slope * c[j];
        if (!m_adjoint.empty()) m_adjoint[0] -= slope * c[j];
        if (!c_adjoint.empty()) c_adjoint[j] += slope * (y[t - 1 - j] - m);
      }
    }
  }
};

constexpr Parameter parameters[] = {{"coefficients", Support::real, "p"},
                                    {"location", Support::real, ""},
                                    {"scale", Support::positive, ""}};

}  // namespace

constinit const Distribution ar = describe_event<Ar>(
    {.name = "ar",
     .parameters = parameters,
     .summary = "autoregression: y[t] - location is the sum of coefficients[k] * (y[t - k] - "
                "location) and an error, with y = location before the first",
     .source = "Box, Jenkins, Reinsel & Ljung (2015), Time Series Analysis, ch. 3",
     .support = Support::real,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
