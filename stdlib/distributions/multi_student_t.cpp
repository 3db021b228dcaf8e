#include <algorithm>
#include <cmath>
#include <limits>
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

struct MultiStudentT {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    const Index k = arguments[0].extents[0];
    return PositiveDefinite::scratch_size(k) + 2 * k;
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& freedom = call.arguments[1];
    const EventArgument& location = call.arguments[2];
    const EventArgument& scale = call.arguments[3];
    const Index extent = value.extents[0];
    const auto k = static_cast<std::size_t>(extent);
    PositiveDefinite matrix(call.scratch, extent);
    double* const own = call.scratch + PositiveDefinite::scratch_size(extent);
    const std::span<double> whitened(own, k);
    const std::span<double> precise(own + k, k);

    bool good = false;
    for (Index r = 0; r < call.rows; ++r) {
      if (is_new(scale, r)) good = matrix.factorise(row_values(scale, r));
      const double df = *freedom.row(r);
      double& result = call.log_densities[r];
      const bool inside = good && df > 0 && std::isfinite(df) &&
                          std::isfinite(gaussian_row(row_values(value, r), row_values(location, r),
                                                     matrix.lower(), whitened, precise));
      if (!inside) {
        result = outside(call, r);
        continue;
      }
      const double squares = dot(whitened, whitened);
      const auto size = static_cast<double>(k);
      result = log_gamma(0.5 * (df + size)) - log_gamma(0.5 * df) -
               0.5 * size * log(std::numbers::pi * df) - 0.5 * matrix.log_determinant() -
               0.5 * (df + size) * log1p(squares / df);
      const double weight = weight_of(call, r);
      if (weight == 0) continue;

      const double shrinkage = (df + size) / (df + squares);  // of a Gaussian's derivatives
      add_gaussian_adjoints(weight * shrinkage, precise, row_adjoint(value, r),
                            row_adjoint(location, r));
      const std::span<double> freedom_adjoint = row_adjoint(freedom, r);
      const std::span<double> scale_adjoint = row_adjoint(scale, r);
      if (!freedom_adjoint.empty())
        freedom_adjoint[0] += 0.5 * weight *
                              (digamma(0.5 * (df + size)) - digamma(0.5 * df) - size / df -
                               log1p(squares / df) + shrinkage * squares / df);
      if (scale_adjoint.empty()) continue;
      add_scaled(-0.5 * weight, matrix.inverse(), scale_adjoint);
      add_outer(0.5 * weight * shrinkage, precise, precise, scale_adjoint);
    }
  }

  /// A Gaussian over the root of an independent mean square.
  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const double df = parameters[0][0];
    std::vector<double> lower(parameters[2].size());
    runtime::cholesky(parameters[2].data(), static_cast<Index>(out.size()), lower.data());
    rng.fill_normal(out);
    const double divisor = sqrt(rng.chi_square(df) / df);
    for (double& x : out) x /= divisor;
    colour(lower.data(), parameters[1], out);
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    if (parameters[0][0] > 1) {
      std::ranges::copy(parameters[1], out.begin());
    } else {
      std::ranges::fill(out, std::numeric_limits<double>::quiet_NaN());
    }
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    const double df = parameters[0][0];
    if (df > 2) return copy_diagonal(parameters[2], df / (df - 2), out);
    std::ranges::fill(out, df > 1 ? std::numeric_limits<double>::infinity()
                                  : std::numeric_limits<double>::quiet_NaN());
  }
};

constexpr Parameter parameters[] = {{"df", Support::positive, ""},
                                    {"location", Support::real, "k"},
                                    {"scale_matrix", Support::covariance, "k, k"}};

}  // namespace

constinit const Distribution multi_student_t = describe_event<MultiStudentT>(
    {.name = "multi_student_t",
     .parameters = parameters,
     .summary = "multivariate Student's t; covariance scale_matrix df / (df - 2)",
     .source =
         "Kotz & Nadarajah (2004), Multivariate t Distributions and Their Applications, ch. 1",
     .support = Support::real,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
