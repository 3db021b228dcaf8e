#include "stdlib/gaussian_row.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/linear_algebra.h"
#include "stdlib/event.h"

namespace vippl::stdlib {

double gaussian_row(std::span<const double> y, std::span<const double> location,
                    const double* lower, std::span<double> whitened, std::span<double> precise) {
  const auto k = static_cast<runtime::Index>(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) whitened[i] = y[i] - location[i];
  if (has_nan(whitened)) return std::numeric_limits<double>::quiet_NaN();
  if (std::ranges::any_of(whitened, [](double x) { return std::isinf(x); }))
    return -std::numeric_limits<double>::infinity();  // a solve would make it NaN
  runtime::solve_lower(lower, k, whitened.data());
  double squares = 0;
  for (double z : whitened) squares += z * z;
  if (!precise.empty()) {
    std::ranges::copy(whitened, precise.begin());
    runtime::solve_lower_transposed(lower, k, precise.data());
  }
  return -0.5 * (static_cast<double>(k) * std::log(2 * std::numbers::pi) + squares);
}

void add_gaussian_adjoints(double weight, std::span<const double> precise,
                           std::span<double> value_adjoint, std::span<double> location_adjoint) {
  for (std::size_t i = 0; i < value_adjoint.size(); ++i) value_adjoint[i] -= weight * precise[i];
  for (std::size_t i = 0; i < location_adjoint.size(); ++i)
    location_adjoint[i] += weight * precise[i];
}

}  // namespace vippl::stdlib
