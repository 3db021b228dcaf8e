#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "runtime/linear_algebra.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/gaussian_row.h"
#include "stdlib/positive_definite.h"

namespace vippl::stdlib::distributions {

namespace {

/// Adds factor * x' y to the adjoint of a matrix; x is count x n, y is count x m.
void add_product(double factor, std::span<const double> x, std::span<const double> y,
                 std::size_t count, std::span<double> adjoint) {
  const std::size_t n = x.size() / count;
  const std::size_t m = y.size() / count;
  for (std::size_t i = 0; i < count; ++i)
    add_outer(factor, x.subspan(i * n, n), y.subspan(i * m, m), adjoint);
}

void transpose(std::span<const double> x, std::size_t columns, std::span<double> out) {
  const std::size_t rows = x.size() / columns;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) out[j * rows + i] = x[i * columns + j];
}

struct MatrixNormal {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    const Index n = arguments[0].extents[0];
    const Index k = arguments[0].extents[1];
    return PositiveDefinite::scratch_size(n) + PositiveDefinite::scratch_size(k) + 5 * n * k;
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& location = call.arguments[1];
    const EventArgument& row_covariance = call.arguments[2];
    const EventArgument& column_covariance = call.arguments[3];
    const Index n = value.extents[0];
    const Index k = value.extents[1];
    const auto size = static_cast<std::size_t>(n * k);
    const auto columns = static_cast<std::size_t>(k);
    PositiveDefinite u(call.scratch, n);
    PositiveDefinite v(call.scratch + PositiveDefinite::scratch_size(n), k);
    double* const own =
        call.scratch + PositiveDefinite::scratch_size(n) + PositiveDefinite::scratch_size(k);
    const std::span<double> centred(own, size);
    const std::span<double> by_rows(own + size, size);         // U^-1 Z
    const std::span<double> by_columns(own + 2 * size, size);  // Z V^-1
    const std::span<double> precise(own + 3 * size, size);     // U^-1 Z V^-1
    const std::span<double> transposed(own + 4 * size, size);

    bool good_u = false;
    bool good_v = false;
    for (Index r = 0; r < call.rows; ++r) {
      if (is_new(row_covariance, r)) good_u = u.factorise(row_values(row_covariance, r));
      if (is_new(column_covariance, r)) good_v = v.factorise(row_values(column_covariance, r));
      for (std::size_t i = 0; i < size; ++i) centred[i] = value.row(r)[i] - location.row(r)[i];
      double& result = call.log_densities[r];
      if (!good_u || !good_v || !are_finite(centred)) {
        result = outside(call, r);
        continue;
      }
      runtime::multiply(centred.data(), v.inverse().data(), n, k, k, by_columns.data());
      runtime::multiply(u.inverse().data(), by_columns.data(), n, n, k, precise.data());
      result = -0.5 * (static_cast<double>(size) * std::log(2 * std::numbers::pi) +
                       static_cast<double>(k) * u.log_determinant() +
                       static_cast<double>(n) * v.log_determinant() + dot(centred, precise));
      const double weight = weight_of(call, r);
      if (weight == 0 || !std::isfinite(result)) continue;

      add_gaussian_adjoints(weight, precise, row_adjoint(value, r), row_adjoint(location, r));
      const std::span<double> u_adjoint = row_adjoint(row_covariance, r);
      const std::span<double> v_adjoint = row_adjoint(column_covariance, r);
      if (!v_adjoint.empty()) {
        add_scaled(-0.5 * weight * static_cast<double>(n), v.inverse(), v_adjoint);
        add_product(0.5 * weight, by_columns, precise, static_cast<std::size_t>(n), v_adjoint);
      }
      if (u_adjoint.empty()) continue;
      add_scaled(-0.5 * weight * static_cast<double>(k), u.inverse(), u_adjoint);
      runtime::multiply(u.inverse().data(), centred.data(), n, n, k, by_rows.data());
      transpose(by_rows, columns, transposed);
      transpose(precise, columns, by_rows);
      add_product(0.5 * weight, transposed, by_rows, columns, u_adjoint);
    }
  }

  /// M + L_U E L_V', with standard normals E.
  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const auto n =
        static_cast<std::size_t>(std::lround(sqrt(static_cast<double>(parameters[1].size()))));
    const std::size_t k = out.size() / n;
    std::vector<double> row_factor(n * n);
    std::vector<double> column_factor(k * k);
    std::vector<double> noise(n * k);
    const std::vector<double> zeros(k);
    runtime::cholesky(parameters[1].data(), static_cast<Index>(n), row_factor.data());
    runtime::cholesky(parameters[2].data(), static_cast<Index>(k), column_factor.data());
    rng.fill_normal(noise);
    for (std::size_t i = 0; i < n; ++i)
      colour(column_factor.data(), zeros, std::span(noise).subspan(i * k, k));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < k; ++j) {
        out[i * k + j] = parameters[0][i * k + j];
        for (std::size_t m = 0; m <= i; ++m)
          out[i * k + j] += row_factor[i * n + m] * noise[m * k + j];
      }
    }
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    std::ranges::copy(parameters[0], out.begin());
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    const auto n =
        static_cast<std::size_t>(std::lround(sqrt(static_cast<double>(parameters[1].size()))));
    const std::size_t k = out.size() / n;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < k; ++j)
        out[i * k + j] = parameters[1][i * n + i] * parameters[2][j * k + j];
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, "n, k"},
                                    {"row_covariance", Support::covariance, "n, n"},
                                    {"column_covariance", Support::covariance, "k, k"}};

}  // namespace

constinit const Distribution matrix_normal = describe_event<MatrixNormal>(
    {.name = "matrix_normal",
     .parameters = parameters,
     .summary = "Gaussian matrix; cov of y[i, j] and y[l, m] is row_covariance[i, l] * "
                "column_covariance[j, m]",
     .source = "Gupta & Nagar (1999), Matrix Variate Distributions, ch. 2",
     .support = Support::real,
     .event = "n, k"});

}  // namespace vippl::stdlib::distributions
