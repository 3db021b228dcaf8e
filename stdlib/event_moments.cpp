#include "stdlib/event_moments.h"

#include <numeric>
#include <vector>

#include "runtime/linear_algebra.h"

namespace vippl::stdlib {

void copy_diagonal(std::span<const double> matrix, double factor, std::span<double> out) {
  const std::size_t k = out.size();
  for (std::size_t i = 0; i < k; ++i) out[i] = factor * matrix[i * k + i];
}

void diagonal_of_inverse(std::span<const double> matrix, double factor, std::span<double> out) {
  const auto k = static_cast<runtime::Index>(out.size());
  std::vector<double> lower(matrix.size());
  std::vector<double> inverse(matrix.size());
  runtime::cholesky(matrix.data(), k, lower.data());  // of no covariance all NaN, and so the rest
  runtime::inverse_from_cholesky(lower.data(), k, inverse.data());
  copy_diagonal(inverse, factor, out);
}

void copy_shares(std::span<const double> weights, double total, std::span<double> out) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = total * weights[i] / sum;
}

}  // namespace vippl::stdlib
