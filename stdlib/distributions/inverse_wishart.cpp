#include <cmath>
#include <limits>
#include <vector>

#include "runtime/linear_algebra.h"
#include "stdlib/bartlett.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/event_moments.h"
#include "stdlib/positive_definite.h"

namespace vippl::stdlib::distributions {

namespace {

struct InverseWishart {
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
      const double power = 0.5 * (df + static_cast<double>(k) + 1);
      result = wishart_constant(df, k) - power * x.log_determinant() -
               0.5 * dot(x.inverse(), row_values(scale, r)) + 0.5 * df * s.log_determinant();
      const double weight = weight_of(call, r);
      if (weight == 0 || !std::isfinite(result)) continue;

      const std::span<double> value_adjoint = row_adjoint(value, r);
      const std::span<double> freedom_adjoint = row_adjoint(freedom, r);
      const std::span<double> scale_adjoint = row_adjoint(scale, r);
      if (!freedom_adjoint.empty())
        freedom_adjoint[0] += weight * (wishart_constant_by_df(df, k) - 0.5 * x.log_determinant() +
                                        0.5 * s.log_determinant());
      if (!scale_adjoint.empty()) {
        add_scaled(0.5 * weight * df, s.inverse(), scale_adjoint);
        add_scaled(-0.5 * weight, x.inverse(), scale_adjoint);
      }
      if (value_adjoint.empty()) continue;
      runtime::multiply(x.inverse().data(), scale.row(r), extent, extent, extent, half);
      runtime::multiply(half, x.inverse().data(), extent, extent, extent, sandwich);
      add_scaled(0.5 * weight, {sandwich, k * k}, value_adjoint);
      add_scaled(-weight * power, x.inverse(), value_adjoint);
    }
  }

  /// With S = L L' and A A' a Wishart matrix of the unit scale, L A^-T A^-1 L'.
  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const auto k = static_cast<std::size_t>(std::lround(sqrt(static_cast<double>(out.size()))));
    const auto extent = static_cast<Index>(k);
    std::vector<double> lower(k * k);
    std::vector<double> noise(k * k);
    std::vector<double> root(k * k);
    runtime::cholesky(parameters[1].data(), extent, lower.data());
    draw_bartlett_factor(parameters[0][0], rng, noise, k);
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j) root[j * k + i] = lower[i * k + j];
    runtime::solve_lower(noise.data(), extent, root.data(), extent);
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j) {
        out[i * k + j] = 0;
        for (std::size_t m = 0; m < k; ++m) out[i * k + j] += root[m * k + i] * root[m * k + j];
      }
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    const double left = parameters[0][0] - sqrt(static_cast<double>(out.size())) - 1;
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = left > 0 ? parameters[1][i] / left : std::numeric_limits<double>::quiet_NaN();
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    const double left = parameters[0][0] - sqrt(static_cast<double>(out.size()));  // df - k
    for_each_pair(parameters[1], [&](std::size_t at, double own, double diagonals) {
      out[at] = ((left + 1) * own * own + (left - 1) * diagonals) /
                (left * (left - 1) * (left - 1) * (left - 3));
      if (left <= 3) out[at] = std::numeric_limits<double>::infinity();
      if (left <= 1) out[at] = std::numeric_limits<double>::quiet_NaN();
    });
  }
};

constexpr Parameter parameters[] = {{"df", Support::positive, ""},
                                    {"scale_matrix", Support::covariance, "k, k"}};

}  // namespace

constinit const Distribution inverse_wishart = describe_event<InverseWishart>(
    {.name = "inverse_wishart",
     .parameters = parameters,
     .summary = "random covariance matrix with mean scale_matrix / (df - k - 1); df > k - 1",
     .source = "Gupta & Nagar (1999), Matrix Variate Distributions, ch. 3",
     .support = Support::covariance,
     .event = "k, k"});

}  // namespace vippl::stdlib::distributions
