#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runtime/special.h"
#include "runtime/transform_event.h"

// Supports of vectors: simplex, sum_to_zero, ordered, positive_ordered, unit_vector.

namespace vippl::runtime {

namespace {

constexpr double tolerance = 1e-8;  // of a written simplex or unit vector

Index same(Index k) { return k; }
Index one_less(Index k) { return std::max<Index>(k - 1, 0); }
Index nothing(Index /*k*/) { return 0; }
ScalarMap no_map(Index /*k*/, Index /*entry*/) { return {}; }

std::optional<std::string> check_finite(Index k, const double* x) {
  for (Index i = 0; i < k; ++i) {
    if (!std::isfinite(x[i])) {
      return fmt::format("entry {} is {}, not a finite number", i + 1, x[i]);
    }
  }
  return std::nullopt;
}

// ---- vectors that sum to zero ----
//
// The basis is Helmert's: vector j (from 1) is j times 1, then -j, then zeros, over sqrt(j (j +
// 1)). Products with it and its transpose take one running sum. In a simplex this is the isometric
// log-ratio of Egozcue et al. (2003).

double helmert_norm(Index j) {
  return std::sqrt(static_cast<double>(j) * static_cast<double>(j + 1));
}

/// y = V z
void expand(Index k, const double* z, double* y) {
  double sum = 0;
  for (Index j = k - 1; j >= 1; --j) {
    const double step = z[j - 1] / helmert_norm(j);
    y[j] = sum - static_cast<double>(j) * step;
    sum += step;
  }
  if (k > 0) y[0] = sum;
}

/// z += weight V' y
void add_projection(Index k, const double* y, double weight, double* z) {
  double sum = 0;
  for (Index j = 1; j < k; ++j) {
    sum += y[j - 1];
    z[j - 1] += weight * (sum - static_cast<double>(j) * y[j]) / helmert_norm(j);
  }
}

void project(Index k, const double* y, double* z) {
  std::fill_n(z, one_less(k), 0.0);
  add_projection(k, y, 1, z);
}

void constrain_sum_to_zero(Index k, const double* z, double* x, double* /*scratch*/) {
  expand(k, z, x);
}

void pull_back_sum_to_zero(Index k, const double* /*z*/, const double* /*x*/,
                           const double* x_adjoint, double* z_adjoint, double* /*scratch*/) {
  add_projection(k, x_adjoint, 1, z_adjoint);
}

double log_jacobian_zero(Index /*k*/, const double* /*z*/, double* /*scratch*/) { return 0; }
void log_jacobian_zero_gradient(Index /*k*/, const double* /*z*/, double /*weight*/,
                                double* /*z_adjoint*/, double* /*scratch*/) {}

std::optional<std::string> unconstrain_sum_to_zero(Index k, const double* x, double* z) {
  if (std::optional<std::string> problem = check_finite(k, x)) return problem;
  double sum = 0;
  double magnitude = 0;
  for (Index i = 0; i < k; ++i) {
    sum += x[i];
    magnitude += std::abs(x[i]);
  }
  if (std::abs(sum) > tolerance * std::max(magnitude, 1.0)) {
    return fmt::format("the sum is {:.10g}, not 0", sum);
  }
  project(k, x, z);
  return std::nullopt;
}

// ---- simplex ----

/// x = softmax(y); returns log(sum(exp(y))).
double softmax(Index k, const double* y, double* x) {
  const double largest = *std::max_element(y, y + k);
  double sum = 0;
  for (Index i = 0; i < k; ++i) sum += x[i] = std::exp(y[i] - largest);
  for (Index i = 0; i < k; ++i) x[i] /= sum;
  return largest + std::log(sum);
}

Index simplex_scratch(Index k) { return 2 * k; }

void constrain_simplex(Index k, const double* z, double* x, double* scratch) {
  expand(k, z, scratch);
  softmax(k, scratch, x);
}

void pull_back_simplex(Index k, const double* /*z*/, const double* x, const double* x_adjoint,
                       double* z_adjoint, double* scratch) {
  double mean = 0;
  for (Index i = 0; i < k; ++i) mean += x[i] * x_adjoint[i];
  for (Index i = 0; i < k; ++i) scratch[i] = x[i] * (x_adjoint[i] - mean);
  add_projection(k, scratch, 1, z_adjoint);
}

// The determinant is sqrt(k) times the product of x; the logarithms of x sum to -k log_sum_exp(y),
// since y sums to 0.
double log_jacobian_simplex(Index k, const double* z, double* scratch) {
  expand(k, z, scratch);
  const auto size = static_cast<double>(k);
  return 0.5 * std::log(size) - size * softmax(k, scratch, scratch + k);
}

void log_jacobian_simplex_gradient(Index k, const double* z, double weight, double* z_adjoint,
                                   double* scratch) {
  expand(k, z, scratch);
  softmax(k, scratch, scratch + k);
  add_projection(k, scratch + k, -weight * static_cast<double>(k), z_adjoint);
}

std::optional<std::string> unconstrain_simplex(Index k, const double* x, double* z) {
  if (std::optional<std::string> problem = check_finite(k, x)) return problem;
  double sum = 0;
  for (Index i = 0; i < k; ++i) {
    if (x[i] <= 0) return fmt::format("entry {} is {:.10g}, not greater than 0", i + 1, x[i]);
    sum += x[i];
  }
  if (std::abs(sum - 1) > tolerance) return fmt::format("the sum is {:.10g}, not 1", sum);
  double log_sum = 0;  // V' log(x), by the running sum of logarithms
  for (Index j = 1; j < k; ++j) {
    log_sum += std::log(x[j - 1]);
    z[j - 1] = (log_sum - static_cast<double>(j) * std::log(x[j])) / helmert_norm(j);
  }
  return std::nullopt;
}

// ---- ordered, positive_ordered: `free` is the number of leading entries that may have any sign
// ----

template <Index free>
void constrain_ordered(Index k, const double* z, double* x, double* /*scratch*/) {
  double last = 0;
  for (Index i = 0; i < k; ++i) x[i] = last = last + (i < free ? z[i] : std::exp(z[i]));
}

template <Index free>
void pull_back_ordered(Index k, const double* z, const double* /*x*/, const double* x_adjoint,
                       double* z_adjoint, double* /*scratch*/) {
  double sum = 0;
  for (Index i = k - 1; i >= 0; --i) {
    sum += x_adjoint[i];
    z_adjoint[i] += i < free ? sum : sum * std::exp(z[i]);
  }
}

template <Index free>
double log_jacobian_ordered(Index k, const double* z, double* /*scratch*/) {
  double sum = 0;
  for (Index i = free; i < k; ++i) sum += z[i];
  return sum;
}

template <Index free>
void log_jacobian_ordered_gradient(Index k, const double* /*z*/, double weight, double* z_adjoint,
                                   double* /*scratch*/) {
  for (Index i = free; i < k; ++i) z_adjoint[i] += weight;
}

template <Index free>
std::optional<std::string> unconstrain_ordered(Index k, const double* x, double* z) {
  if (std::optional<std::string> problem = check_finite(k, x)) return problem;
  for (Index i = 0; i < k; ++i) {
    const double last = i == 0 ? 0 : x[i - 1];
    if (i >= free && x[i] <= last) {
      return i == 0 ? fmt::format("entry 1 is {:.10g}, not greater than 0", x[i])
                    : fmt::format("entry {} is {:.10g}, not greater than entry {}, {:.10g}", i + 1,
                                  x[i], i, last);
    }
    z[i] = i < free ? x[i] : std::log(x[i] - last);
  }
  return std::nullopt;
}

template <Index free>
ScalarMap map_ordered(Index /*k*/, Index entry) {
  if (entry != 0) return {};
  return {free > 0 ? ScalarMap::Kind::identity : ScalarMap::Kind::exponential, 0, 0, 1};
}

// ---- unit_vector ----

double length(Index k, const double* z) {
  double largest = 0;  // divided out, so that squares do not overflow
  for (Index i = 0; i < k; ++i) largest = std::max(largest, std::abs(z[i]));
  if (largest == 0 || !std::isfinite(largest)) return largest;
  double sum = 0;
  for (Index i = 0; i < k; ++i) sum += (z[i] / largest) * (z[i] / largest);
  return largest * std::sqrt(sum);
}

void constrain_unit_vector(Index k, const double* z, double* x, double* /*scratch*/) {
  const double norm = length(k, z);
  for (Index i = 0; i < k; ++i) x[i] = z[i] / norm;
}

void pull_back_unit_vector(Index k, const double* z, const double* x, const double* x_adjoint,
                           double* z_adjoint, double* /*scratch*/) {
  double along = 0;
  for (Index i = 0; i < k; ++i) along += x[i] * x_adjoint[i];
  const double norm = length(k, z);
  for (Index i = 0; i < k; ++i) z_adjoint[i] += (x_adjoint[i] - along * x[i]) / norm;
}

// With exp(-|z|^2 / 2), the length of z has the chi distribution, whatever the direction; its
// constant is what the integral of r^(k - 1) exp(-r^2 / 2) over r comes to.
double log_jacobian_unit_vector(Index k, const double* z, double* /*scratch*/) {
  double sum = 0;
  for (Index i = 0; i < k; ++i) sum += z[i] * z[i];
  const double half = 0.5 * static_cast<double>(k);
  return -0.5 * sum - (half - 1) * std::numbers::ln2 - log_gamma(half);
}

void log_jacobian_unit_vector_gradient(Index k, const double* z, double weight, double* z_adjoint,
                                       double* /*scratch*/) {
  for (Index i = 0; i < k; ++i) z_adjoint[i] -= weight * z[i];
}

std::optional<std::string> unconstrain_unit_vector(Index k, const double* x, double* z) {
  if (std::optional<std::string> problem = check_finite(k, x)) return problem;
  const double norm = length(k, x);
  if (std::abs(norm - 1) > tolerance) return fmt::format("the length is {:.10g}, not 1", norm);
  for (Index i = 0; i < k; ++i) z[i] = x[i] / norm;
  return std::nullopt;
}

}  // namespace

constinit const EventTransform simplex_transform = {&one_less,
                                                    &same,
                                                    &simplex_scratch,
                                                    &constrain_simplex,
                                                    &pull_back_simplex,
                                                    &log_jacobian_simplex,
                                                    &log_jacobian_simplex_gradient,
                                                    &unconstrain_simplex,
                                                    &no_map};

constinit const EventTransform sum_to_zero_transform = {&one_less,
                                                        &same,
                                                        &nothing,
                                                        &constrain_sum_to_zero,
                                                        &pull_back_sum_to_zero,
                                                        &log_jacobian_zero,
                                                        &log_jacobian_zero_gradient,
                                                        &unconstrain_sum_to_zero,
                                                        &no_map};

constinit const EventTransform ordered_transform = {&same,
                                                    &same,
                                                    &nothing,
                                                    &constrain_ordered<1>,
                                                    &pull_back_ordered<1>,
                                                    &log_jacobian_ordered<1>,
                                                    &log_jacobian_ordered_gradient<1>,
                                                    &unconstrain_ordered<1>,
                                                    &map_ordered<1>};

constinit const EventTransform positive_ordered_transform = {&same,
                                                             &same,
                                                             &nothing,
                                                             &constrain_ordered<0>,
                                                             &pull_back_ordered<0>,
                                                             &log_jacobian_ordered<0>,
                                                             &log_jacobian_ordered_gradient<0>,
                                                             &unconstrain_ordered<0>,
                                                             &map_ordered<0>};

constinit const EventTransform unit_vector_transform = {&same,
                                                        &same,
                                                        &nothing,
                                                        &constrain_unit_vector,
                                                        &pull_back_unit_vector,
                                                        &log_jacobian_unit_vector,
                                                        &log_jacobian_unit_vector_gradient,
                                                        &unconstrain_unit_vector,
                                                        &no_map};

}  // namespace vippl::runtime
