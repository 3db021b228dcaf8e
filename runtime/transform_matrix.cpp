#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "lang/signature.h"
#include "runtime/transform_event.h"

// Supports of k x k matrices, row-major: correlation and covariance matrices and their Cholesky
// factors. Coordinates run along the rows of the factor.

namespace vippl::runtime {

namespace {

using Kind = lang::Support::Kind;

constexpr double tolerance = 1e-8;  // of a written diagonal, row length or symmetry

Index square(Index k) { return k * k; }
Index two_squares(Index k) { return 2 * k * k; }
Index nothing(Index /*k*/) { return 0; }
Index below_diagonal(Index k) { return k * (k - 1) / 2; }
Index on_and_below_diagonal(Index k) { return k * (k + 1) / 2; }

// ---- products of a factor with itself ----

/// x = L L'
void square_factor(Index k, const double* factor, double* x) {
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j <= i; ++j) {
      double sum = 0;
      for (Index m = 0; m <= j; ++m) sum += factor[i * k + m] * factor[j * k + m];
      x[i * k + j] = x[j * k + i] = sum;
    }
  }
}

/// The adjoint of L: the lower triangle of (A + A') L, where A is that of x = L L'.
void pull_back_square(Index k, const double* factor, const double* x_adjoint,
                      double* factor_adjoint) {
  std::fill_n(factor_adjoint, k * k, 0.0);
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < k; ++j) {
      const double adjoint = x_adjoint[i * k + j] + x_adjoint[j * k + i];
      for (Index m = 0; m <= std::min(i, j); ++m) {
        factor_adjoint[i * k + m] += adjoint * factor[j * k + m];
      }
    }
  }
}

// ---- the factor of a correlation matrix ----
//
// Row i is the point of the unit sphere with L[i, j] = tanh(z[i, j]) sech(z[i, 1]) ... sech(z[i, j
// - 1]), the diagonal being the product of all sech: tanh(z) is the partial correlation of i and j
// given those before j (Lewandowski, Kurowicka & Joe 2009), and nothing is ever subtracted from 1.

void constrain_correlation_cholesky(Index k, const double* z, double* x, double* /*scratch*/) {
  for (Index i = 0; i < k; ++i) {
    double rest = 1;
    for (Index j = 0; j < i; ++j, ++z) {
      x[i * k + j] = std::tanh(*z) * rest;
      rest /= std::cosh(*z);
    }
    x[i * k + i] = rest;
    for (Index j = i + 1; j < k; ++j) x[i * k + j] = 0;
  }
}

void pull_back_correlation_cholesky(Index k, const double* z, const double* x,
                                    const double* x_adjoint, double* z_adjoint,
                                    double* /*scratch*/) {
  for (Index i = 0; i < k; ++i) {
    double later =
        x_adjoint[i * k + i] * x[i * k + i];  // sum of adjoint times value, right of column j
    for (Index j = 0; j < i; ++j) later += x_adjoint[i * k + j] * x[i * k + j];
    double rest = 1;
    for (Index j = 0; j < i; ++j, ++z, ++z_adjoint) {
      later -= x_adjoint[i * k + j] * x[i * k + j];
      const double sech = 1 / std::cosh(*z);
      *z_adjoint += x_adjoint[i * k + j] * sech * sech * rest - std::tanh(*z) * later;
      rest *= sech;
    }
  }
}

double log_sech(double z) {
  const double magnitude = std::abs(z);
  return std::numbers::ln2 - magnitude - std::log1p(std::exp(-2 * magnitude));
}

/// How often log sech(z[i, j]) stands in the log Jacobian, rows and columns from 0: twice for tanh
/// itself, once for every entry to its right before the diagonal; and for the matrix L L', where
/// the diagonal entry i multiplies every row below it, once for each of those.
double sech_power(Kind kind, Index k, Index i, Index j) {
  const Index factor = 2 + (i - 1 - j);
  return static_cast<double>(kind == Kind::correlation ? factor + (k - 1 - i) : factor);
}

template <Kind kind>
double log_jacobian_correlation(Index k, const double* z, double* /*scratch*/) {
  double sum = 0;
  for (Index i = 1; i < k; ++i) {
    for (Index j = 0; j < i; ++j, ++z) sum += sech_power(kind, k, i, j) * log_sech(*z);
  }
  return sum;
}

template <Kind kind>
void log_jacobian_correlation_gradient(Index k, const double* z, double weight, double* z_adjoint,
                                       double* /*scratch*/) {
  for (Index i = 1; i < k; ++i) {
    for (Index j = 0; j < i; ++j, ++z, ++z_adjoint) {
      *z_adjoint -= weight * sech_power(kind, k, i, j) * std::tanh(*z);
    }
  }
}

/// z from rows of a factor that are already known to have length 1.
void partial_correlations(Index k, const double* factor, double* z) {
  for (Index i = 1; i < k; ++i) {
    double rest = factor[i * k + i] * factor[i * k + i];  // sum of squares right of column j
    for (Index j = i - 1; j >= 0; --j) {
      const double entry = factor[i * k + j];
      z[below_diagonal(i) + j] = std::asinh(entry / std::sqrt(rest));
      rest += entry * entry;
    }
  }
}

ScalarMap constant(double value) { return {ScalarMap::Kind::identity, 0, value, 0}; }

ScalarMap map_correlation_cholesky(Index k, Index entry) {
  if (entry == 0) return constant(1);
  return entry % k > entry / k ? constant(0) : ScalarMap{};
}

ScalarMap map_correlation(Index k, Index entry) {
  return entry % k == entry / k ? constant(1) : ScalarMap{};
}

// ---- the factor of a covariance matrix ----

void constrain_covariance_cholesky(Index k, const double* z, double* x, double* /*scratch*/) {
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < i; ++j) x[i * k + j] = *z++;
    x[i * k + i] = std::exp(*z++);
    for (Index j = i + 1; j < k; ++j) x[i * k + j] = 0;
  }
}

void pull_back_covariance_cholesky(Index k, const double* /*z*/, const double* x,
                                   const double* x_adjoint, double* z_adjoint,
                                   double* /*scratch*/) {
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < i; ++j) *z_adjoint++ += x_adjoint[i * k + j];
    *z_adjoint++ += x_adjoint[i * k + i] * x[i * k + i];
  }
}

Index diagonal_coordinate(Index i) { return on_and_below_diagonal(i + 1) - 1; }

/// The power of L[i, i] in the Jacobian, row i from 0; L L' has L[i, i] once more for itself and
/// every row below.
double diagonal_power(Kind kind, Index k, Index i) {
  return static_cast<double>(kind == Kind::covariance ? 1 + (k - i) : 1);
}

template <Kind kind>
double log_jacobian_covariance(Index k, const double* z, double* /*scratch*/) {
  double sum = kind == Kind::covariance ? static_cast<double>(k) * std::numbers::ln2 : 0;
  for (Index i = 0; i < k; ++i) sum += diagonal_power(kind, k, i) * z[diagonal_coordinate(i)];
  return sum;
}

template <Kind kind>
void log_jacobian_covariance_gradient(Index k, const double* /*z*/, double weight,
                                      double* z_adjoint, double* /*scratch*/) {
  for (Index i = 0; i < k; ++i) {
    z_adjoint[diagonal_coordinate(i)] += weight * diagonal_power(kind, k, i);
  }
}

void log_factor(Index k, const double* factor, double* z) {
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < i; ++j) *z++ = factor[i * k + j];
    *z++ = std::log(factor[i * k + i]);
  }
}

ScalarMap map_covariance_cholesky(Index k, Index entry) {
  const Index i = entry / k;
  const Index j = entry % k;
  if (j > i) return constant(0);
  const auto map = i == j ? ScalarMap::Kind::exponential : ScalarMap::Kind::identity;
  return {map, on_and_below_diagonal(i) + j, 0, 1};
}

ScalarMap no_map(Index /*k*/, Index /*entry*/) { return {}; }

// ---- the matrices, by way of their factors ----

using Constrain = void (*)(Index, const double*, double*, double*);
using PullBack = void (*)(Index, const double*, const double*, const double*, double*, double*);

template <Constrain constrain_factor>
void constrain_square(Index k, const double* z, double* x, double* scratch) {
  constrain_factor(k, z, scratch, nullptr);
  square_factor(k, scratch, x);
}

void constrain_correlation(Index k, const double* z, double* x, double* scratch) {
  constrain_square<&constrain_correlation_cholesky>(k, z, x, scratch);
  for (Index i = 0; i < k; ++i) x[i * k + i] = 1;  // exactly, not up to rounding
}

template <Constrain constrain_factor, PullBack pull_back_factor>
void pull_back(Index k, const double* z, const double* /*x*/, const double* x_adjoint,
               double* z_adjoint, double* scratch) {
  double* factor = scratch;
  double* factor_adjoint = scratch + k * k;
  constrain_factor(k, z, factor, nullptr);
  pull_back_square(k, factor, x_adjoint, factor_adjoint);
  pull_back_factor(k, z, factor, factor_adjoint, z_adjoint, nullptr);
}

// ---- checks of written matrices ----

std::string at(Index i, Index j) { return fmt::format("entry [{}, {}]", i + 1, j + 1); }

std::optional<std::string> check_finite(Index k, const double* x) {
  for (Index i = 0; i < k * k; ++i) {
    if (!std::isfinite(x[i])) {
      return fmt::format("{} is {}, not a finite number", at(i / k, i % k), x[i]);
    }
  }
  return std::nullopt;
}

std::optional<std::string> check_factor(Index k, const double* x) {
  if (std::optional<std::string> problem = check_finite(k, x)) return problem;
  for (Index i = 0; i < k; ++i) {
    if (x[i * k + i] <= 0) {
      return fmt::format("{} is {:.10g}, not greater than 0", at(i, i), x[i * k + i]);
    }
    for (Index j = i + 1; j < k; ++j) {
      if (x[i * k + j] != 0) {
        return fmt::format("{}, above the diagonal, is {:.10g}, not 0", at(i, j), x[i * k + j]);
      }
    }
  }
  return std::nullopt;
}

/// Checks symmetry and writes the Cholesky factor of x.
std::optional<std::string> factorize(Index k, const double* x, double* factor) {
  if (std::optional<std::string> problem = check_finite(k, x)) return problem;
  std::fill_n(factor, k * k, 0.0);
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j <= i; ++j) {
      const double entry = x[i * k + j];
      const double mirrored = x[j * k + i];
      if (std::abs(entry - mirrored) >
          tolerance * std::max({std::abs(entry), std::abs(mirrored), 1.0})) {
        return fmt::format("{} is {:.10g}, but {} is {:.10g}: not symmetric", at(i, j), entry,
                           at(j, i), mirrored);
      }
      double rest = entry;
      for (Index m = 0; m < j; ++m) rest -= factor[i * k + m] * factor[j * k + m];
      if (i == j && rest <= 0) return "the matrix is not positive definite";
      factor[i * k + j] = i == j ? std::sqrt(rest) : rest / factor[j * k + j];
    }
  }
  return std::nullopt;
}

std::optional<std::string> unconstrain_correlation_cholesky(Index k, const double* x, double* z) {
  if (std::optional<std::string> problem = check_factor(k, x)) return problem;
  for (Index i = 0; i < k; ++i) {
    double sum = 0;
    for (Index j = 0; j <= i; ++j) sum += x[i * k + j] * x[i * k + j];
    if (std::abs(sum - 1) > tolerance) {
      return fmt::format("row {} has length {:.10g}, not 1", i + 1, std::sqrt(sum));
    }
  }
  partial_correlations(k, x, z);
  return std::nullopt;
}

std::optional<std::string> unconstrain_correlation(Index k, const double* x, double* z) {
  std::vector<double> factor(static_cast<std::size_t>(k * k));
  if (std::optional<std::string> problem = factorize(k, x, factor.data())) return problem;
  for (Index i = 0; i < k; ++i) {
    if (std::abs(x[i * k + i] - 1) > tolerance) {
      return fmt::format("{} is {:.10g}, not 1", at(i, i), x[i * k + i]);
    }
  }
  partial_correlations(k, factor.data(), z);
  return std::nullopt;
}

std::optional<std::string> unconstrain_covariance_cholesky(Index k, const double* x, double* z) {
  if (std::optional<std::string> problem = check_factor(k, x)) return problem;
  log_factor(k, x, z);
  return std::nullopt;
}

std::optional<std::string> unconstrain_covariance(Index k, const double* x, double* z) {
  std::vector<double> factor(static_cast<std::size_t>(k * k));
  if (std::optional<std::string> problem = factorize(k, x, factor.data())) return problem;
  log_factor(k, factor.data(), z);
  return std::nullopt;
}

}  // namespace

constinit const EventTransform correlation_cholesky_transform = {
    &below_diagonal,
    &square,
    &nothing,
    &constrain_correlation_cholesky,
    &pull_back_correlation_cholesky,
    &log_jacobian_correlation<Kind::correlation_cholesky>,
    &log_jacobian_correlation_gradient<Kind::correlation_cholesky>,
    &unconstrain_correlation_cholesky,
    &map_correlation_cholesky};

constinit const EventTransform correlation_transform = {
    &below_diagonal,
    &square,
    &two_squares,
    &constrain_correlation,
    &pull_back<&constrain_correlation_cholesky, &pull_back_correlation_cholesky>,
    &log_jacobian_correlation<Kind::correlation>,
    &log_jacobian_correlation_gradient<Kind::correlation>,
    &unconstrain_correlation,
    &map_correlation};

constinit const EventTransform covariance_cholesky_transform = {
    &on_and_below_diagonal,
    &square,
    &nothing,
    &constrain_covariance_cholesky,
    &pull_back_covariance_cholesky,
    &log_jacobian_covariance<Kind::covariance_cholesky>,
    &log_jacobian_covariance_gradient<Kind::covariance_cholesky>,
    &unconstrain_covariance_cholesky,
    &map_covariance_cholesky};

constinit const EventTransform covariance_transform = {
    &on_and_below_diagonal,
    &square,
    &two_squares,
    &constrain_square<&constrain_covariance_cholesky>,
    &pull_back<&constrain_covariance_cholesky, &pull_back_covariance_cholesky>,
    &log_jacobian_covariance<Kind::covariance>,
    &log_jacobian_covariance_gradient<Kind::covariance>,
    &unconstrain_covariance,
    &no_map};

}  // namespace vippl::runtime
