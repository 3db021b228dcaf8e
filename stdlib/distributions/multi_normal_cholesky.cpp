#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/linear_algebra.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/gaussian_row.h"
#include "stdlib/positive_definite.h"

namespace vippl::stdlib::distributions {

namespace {

struct MultiNormalCholesky {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    return 2 * arguments[0].extents[0];
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& location = call.arguments[1];
    const EventArgument& factor = call.arguments[2];
    const Index extent = value.extents[0];
    const auto k = static_cast<std::size_t>(extent);
    const std::span<double> whitened(call.scratch, k);
    const std::span<double> precise(call.scratch + k, k);
    const bool gradient = call.weights != nullptr;

    bool good = false;
    double half_log_determinant = 0;
    for (Index r = 0; r < call.rows; ++r) {
      if (is_new(factor, r)) {
        good = is_cholesky_factor(row_values(factor, r), extent);
        if (good) half_log_determinant = runtime::log_diagonal(factor.row(r), extent);
      }
      double& result = call.log_densities[r];
      if (!good) {
        result = outside(call, r);
        continue;
      }
      result = gaussian_row(row_values(value, r), row_values(location, r), factor.row(r), whitened,
                            gradient ? precise : std::span<double>()) -
               half_log_determinant;
      if (!gradient || !std::isfinite(result)) continue;

      const double weight = call.weights[r];
      add_gaussian_adjoints(weight, precise, row_adjoint(value, r), row_adjoint(location, r));
      const std::span<double> factor_adjoint = row_adjoint(factor, r);
      if (factor_adjoint.empty()) continue;
      for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j <= i; ++j)
          factor_adjoint[i * k + j] += weight * precise[i] * whitened[j];
        factor_adjoint[i * k + i] -= weight / factor.row(r)[i * k + i];
      }
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const std::size_t k = out.size();
    std::vector<double> noise(k);
    rng.fill_normal(noise);
    for (std::size_t i = 0; i < k; ++i) {
      out[i] = parameters[0][i];
      for (std::size_t j = 0; j <= i; ++j) out[i] += parameters[1][i * k + j] * noise[j];
    }
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    std::ranges::copy(parameters[0], out.begin());
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    const std::size_t k = out.size();
    for (std::size_t i = 0; i < k; ++i) {
      const std::span<const double> row = parameters[1].subspan(i * k, i + 1);
      out[i] = dot(row, row);
    }
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, "k"},
                                    {"cholesky", Support::covariance_cholesky, "k, k"}};

}  // namespace

constinit const Distribution multi_normal_cholesky = describe_event<MultiNormalCholesky>(
    {.name = "multi_normal_cholesky",
     .parameters = parameters,
     .summary = "multivariate Gaussian with the lower Cholesky factor of its covariance",
     .source = "Kotz, Balakrishnan & Johnson (2000), ch. 45",
     .support = Support::real,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
