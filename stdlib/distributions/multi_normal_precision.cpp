#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "runtime/linear_algebra.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/event_moments.h"
#include "stdlib/gaussian_row.h"
#include "stdlib/positive_definite.h"

namespace vippl::stdlib::distributions {

namespace {

struct MultiNormalPrecision {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    const Index k = arguments[0].extents[0];
    return PositiveDefinite::scratch_size(k) + 2 * k;
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& location = call.arguments[1];
    const EventArgument& precision = call.arguments[2];
    const Index extent = value.extents[0];
    const auto k = static_cast<std::size_t>(extent);
    PositiveDefinite matrix(call.scratch, extent);
    double* const own = call.scratch + PositiveDefinite::scratch_size(extent);
    const std::span<double> centred(own, k);
    const std::span<double> precise(own + k, k);

    bool good = false;
    for (Index r = 0; r < call.rows; ++r) {
      if (is_new(precision, r)) good = matrix.factorise(row_values(precision, r));
      for (std::size_t i = 0; i < k; ++i) centred[i] = value.row(r)[i] - location.row(r)[i];
      double& result = call.log_densities[r];
      if (!good || !are_finite(centred)) {
        result = outside(call, r);
        continue;
      }
      runtime::multiply(precision.row(r), centred.data(), extent, extent, 1, precise.data());
      result = 0.5 * (matrix.log_determinant() - dot(centred, precise) -
                      static_cast<double>(k) * std::log(2 * std::numbers::pi));
      const double weight = weight_of(call, r);
      if (weight == 0 || !std::isfinite(result)) continue;
      add_gaussian_adjoints(weight, precise, row_adjoint(value, r), row_adjoint(location, r));
      const std::span<double> precision_adjoint = row_adjoint(precision, r);
      if (precision_adjoint.empty()) continue;
      add_scaled(0.5 * weight, matrix.inverse(), precision_adjoint);
      add_outer(-0.5 * weight, centred, centred, precision_adjoint);
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    std::vector<double> lower(parameters[1].size());
    runtime::cholesky(parameters[1].data(), static_cast<Index>(out.size()), lower.data());
    rng.fill_normal(out);
    colour_by_precision(lower.data(), parameters[0], out);
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    std::ranges::copy(parameters[0], out.begin());
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    diagonal_of_inverse(parameters[1], 1, out);
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, "k"},
                                    {"precision", Support::covariance, "k, k"}};

}  // namespace

constinit const Distribution multi_normal_precision = describe_event<MultiNormalPrecision>(
    {.name = "multi_normal_precision",
     .parameters = parameters,
     .summary = "multivariate Gaussian with a precision matrix, the inverse of the covariance",
     .source = "Kotz, Balakrishnan & Johnson (2000), ch. 45",
     .support = Support::real,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
