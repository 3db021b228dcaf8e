#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/linear_algebra.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/event_moments.h"
#include "stdlib/gaussian_row.h"

namespace vippl::stdlib::distributions {

namespace {

/// Adds -weight / 2 times the inverse covariance: the derivative of -1/2 log det.
void add_log_determinant(double weight, std::span<const double> inverse,
                         std::span<double> adjoint) {
  for (std::size_t i = 0; i < adjoint.size(); ++i) adjoint[i] -= 0.5 * weight * inverse[i];
}

void add_outer_product(double weight, std::span<const double> vector, std::span<double> adjoint) {
  const std::size_t k = vector.size();
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < k; ++j) adjoint[i * k + j] += weight * vector[i] * vector[j];
}

/// Half the log determinant of the covariance of row r, whose factor goes to `lower`; NaN if there
/// is none.
double factorise(const EventArgument& covariance, Index r, Index extent, double* lower) {
  const bool good = is_symmetric(row_values(covariance, r), extent) &&
                    runtime::cholesky(covariance.row(r), extent, lower);
  return good ? runtime::log_diagonal(lower, extent) : std::numeric_limits<double>::quiet_NaN();
}

struct MultiNormal {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    const Index k = arguments[0].extents[0];
    return 2 * k * k + 2 * k + 1;
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& location = call.arguments[1];
    const EventArgument& covariance = call.arguments[2];
    const Index extent = value.extents[0];
    const auto k = static_cast<std::size_t>(extent);
    double* const lower = call.scratch;
    const std::span<double> inverse(call.scratch + k * k, k * k);
    const std::span<double> whitened(call.scratch + 2 * k * k, k);
    const std::span<double> precise(call.scratch + 2 * k * k + k, k);
    double& half_log_determinant = call.scratch[2 * k * k + 2 * k];  // NaN without a factor
    const bool gradient = call.weights != nullptr;
    const bool wants_covariance = gradient && covariance.adjoint != nullptr;

    const bool has_factor = call.values_are_known && (covariance.stride == 0 || call.rows == 1);
    bool good = false;
    double shared_weight = 0;
    for (Index r = 0; r < call.rows; ++r) {
      if (is_new(covariance, r)) {
        if (!has_factor) half_log_determinant = factorise(covariance, r, extent, lower);
        good = !std::isnan(half_log_determinant);
        if (good && wants_covariance) runtime::inverse_from_cholesky(lower, extent, inverse.data());
      }
      double& result = call.log_densities[r];
      if (!good) {
        result = outside(call, r);
        continue;
      }
      result = gaussian_row(row_values(value, r), row_values(location, r), lower, whitened,
                            gradient ? precise : std::span<double>()) -
               half_log_determinant;
      if (!gradient || !std::isfinite(result)) continue;

      const double weight = call.weights[r];
      add_gaussian_adjoints(weight, precise, row_adjoint(value, r), row_adjoint(location, r));
      const std::span<double> covariance_adjoint = row_adjoint(covariance, r);
      if (covariance_adjoint.empty()) continue;
      add_outer_product(0.5 * weight, precise, covariance_adjoint);
      if (covariance.stride != 0)
        add_log_determinant(weight, inverse, covariance_adjoint);
      else
        shared_weight += weight;
    }
    if (good && wants_covariance && covariance.stride == 0)
      add_log_determinant(shared_weight, inverse, row_adjoint(covariance, 0));
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const std::size_t k = out.size();
    std::vector<double> lower(k * k);
    std::vector<double> noise(k);
    runtime::cholesky(parameters[1].data(), static_cast<Index>(k), lower.data());
    rng.fill_normal(noise);
    for (std::size_t i = 0; i < k; ++i) {
      out[i] = parameters[0][i];
      for (std::size_t j = 0; j <= i; ++j) out[i] += lower[i * k + j] * noise[j];
    }
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    std::ranges::copy(parameters[0], out.begin());
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    copy_diagonal(parameters[1], 1, out);
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, "k"},
                                    {"covariance", Support::covariance, "k, k"}};

}  // namespace

constinit const Distribution multi_normal =
    describe_event<MultiNormal>({.name = "multi_normal",
                                 .parameters = parameters,
                                 .summary = "multivariate Gaussian with a covariance matrix",
                                 .source = "Kotz, Balakrishnan & Johnson (2000), ch. 45",
                                 .support = Support::real,
                                 .event = "k"});

}  // namespace vippl::stdlib::distributions
