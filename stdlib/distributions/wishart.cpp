#include <cmath>
#include <vector>

#include "runtime/linear_algebra.h"
#include "stdlib/bartlett.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/event_moments.h"
#include "stdlib/positive_definite.h"

namespace vippl::stdlib::distributions {

namespace {

struct Wishart {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    const Index k = arguments[0].extents[0];
    return 2 * PositiveDefinite::scratch_size(k) + 2 * k * k;
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& freedom = call.arguments[1];
    const EventArgument& scale = call.arguments[2];
    const Index extent = value.extents[0];
    const auto k = static_cast<std::size_t>(extent);
    PositiveDefinite x(call.scratch, extent);
    PositiveDefinite s(call.scratch + PositiveDefinite::scratch_size(extent), extent);
    double* const half = call.scratch + 2 * PositiveDefinite::scratch_size(extent);
    double* const sandwich = half + k * k;

    bool good_x = false;
    bool good_s = false;
    for (Index r = 0; r < call.rows; ++r) {
      if (is_new(value, r)) good_x = x.factorise(row_values(value, r));
      if (is_new(scale, r)) good_s = s.factorise(row_values(scale, r));
      const double df = *freedom.row(r);
      double& result = call.log_densities[r];
      if (!good_x || !good_s || !are_wishart_df(df, k)) {
        result = outside(call, r);
        continue;
      }
      const double power = 0.5 * (df - static_cast<double>(k) - 1);
      result = wishart_constant(df, k) + power * x.log_determinant() -
               0.5 * dot(s.inverse(), row_values(value, r)) - 0.5 * df * s.log_determinant();
      const double weight = weight_of(call, r);
      if (weight == 0 || !std::isfinite(result)) continue;

      const std::span<double> value_adjoint = row_adjoint(value, r);
      const std::span<double> freedom_adjoint = row_adjoint(freedom, r);
      const std::span<double> scale_adjoint = row_adjoint(scale, r);
      if (!value_adjoint.empty()) {
        add_scaled(weight * power, x.inverse(), value_adjoint);
        add_scaled(-0.5 * weight, s.inverse(), value_adjoint);
      }
      if (!freedom_adjoint.empty())
        freedom_adjoint[0] += weight * (wishart_constant_by_df(df, k) + 0.5 * x.log_determinant() -
                                        0.5 * s.log_determinant());
      if (scale_adjoint.empty()) continue;
      runtime::multiply(s.inverse().data(), value.row(r), extent, extent, extent, half);
      runtime::multiply(half, s.inverse().data(), extent, extent, extent, sandwich);
      add_scaled(0.5 * weight, {sandwich, k * k}, scale_adjoint);
      add_scaled(-0.5 * weight * df, s.inverse(), scale_adjoint);
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const auto k = static_cast<std::size_t>(std::lround(sqrt(static_cast<double>(out.size()))));
    const auto extent = static_cast<Index>(k);
    std::vector<double> lower(k * k);
    std::vector<double> noise(k * k);
    std::vector<double> root(k * k);
    runtime::cholesky(parameters[1].data(), extent, lower.data());
    draw_bartlett_factor(parameters[0][0], rng, noise, k);
    runtime::multiply(lower.data(), noise.data(), extent, extent, extent, root.data());
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j)
        out[i * k + j] = dot(std::span(root).subspan(i * k, k), std::span(root).subspan(j * k, k));
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = parameters[0][0] * parameters[1][i];
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    for_each_pair(parameters[1], [&](std::size_t at, double own, double diagonals) {
      out[at] = parameters[0][0] * (own * own + diagonals);
    });
  }
};

constexpr Parameter parameters[] = {{"df", Support::positive, ""},
                                    {"scale_matrix", Support::covariance, "k, k"}};

}  // namespace

constinit const Distribution wishart = describe_event<Wishart>(
    {.name = "wishart",
     .parameters = parameters,
     .summary = "random covariance matrix with mean df scale_matrix; df > k - 1",
     .source = "Gupta & Nagar (1999), Matrix Variate Distributions, ch. 3",
     .support = Support::covariance,
     .event = "k, k"});

}  // namespace vippl::stdlib::distributions
