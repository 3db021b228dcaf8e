#include "stdlib/positive_definite.h"

#include <numeric>

#include "runtime/linear_algebra.h"
#include "stdlib/event.h"

namespace vippl::stdlib {

using runtime::Index;

bool PositiveDefinite::factorise(std::span<const double> matrix) {
  has_inverse_ = false;
  if (!is_symmetric(matrix, extent_) || !runtime::cholesky(matrix.data(), extent_, lower_))
    return false;
  log_determinant_ = 2 * runtime::log_diagonal(lower_, extent_);
  return true;
}

std::span<const double> PositiveDefinite::inverse() {
  if (!has_inverse_) runtime::inverse_from_cholesky(lower_, extent_, inverse_);
  has_inverse_ = true;
  return {inverse_, static_cast<std::size_t>(extent_ * extent_)};
}

double dot(std::span<const double> x, std::span<const double> y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

void add_scaled(double factor, std::span<const double> values, std::span<double> adjoint) {
  for (std::size_t i = 0; i < adjoint.size(); ++i) adjoint[i] += factor * values[i];
}

void add_outer(double factor, std::span<const double> x, std::span<const double> y,
               std::span<double> adjoint) {
  if (adjoint.empty()) return;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < y.size(); ++j) adjoint[i * y.size() + j] += factor * x[i] * y[j];
}

void colour(const double* lower, std::span<const double> location, std::span<double> noise) {
  const std::size_t k = noise.size();
  for (std::size_t i = k; i-- > 0;) {  // backwards: row i reads the noise before it
    double sum = location[i];
    for (std::size_t j = 0; j <= i; ++j) sum += lower[i * k + j] * noise[j];
    noise[i] = sum;
  }
}

void colour_by_precision(const double* lower, std::span<const double> location,
                         std::span<double> noise) {
  runtime::solve_lower_transposed(lower, static_cast<Index>(noise.size()), noise.data());
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] += location[i];
}

}  // namespace vippl::stdlib
