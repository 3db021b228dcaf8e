#include "stdlib/lkj.h"

#include <cmath>
#include <numbers>

namespace vippl::stdlib {

Dual<1> lkj_log_normaliser(double shape, std::size_t k) {
  Dual<1> eta(shape);
  eta.partials[0] = 1;
  const double last = static_cast<double>(k) - 1;
  const Dual<1> top = log_gamma(eta + 0.5 * last);
  Dual<1> sum = 0;
  for (std::size_t i = 1; i < k; ++i) {
    const auto row = static_cast<double>(i);
    sum = sum + top - log_gamma(eta + 0.5 * (last - row)) - 0.5 * row * std::log(std::numbers::pi);
  }
  return sum;
}

void draw_lkj_factor(double shape, runtime::Rng& rng, std::span<double> factor) {
  const auto k = static_cast<std::size_t>(std::lround(sqrt(static_cast<double>(factor.size()))));
  for (std::size_t i = 0; i < k; ++i) {
    const std::span<double> row = factor.subspan(i * k, k);
    double squares = 0;
    for (std::size_t j = 0; j < k; ++j) {
      row[j] = j < i ? rng.normal() : 0;
      squares += row[j] * row[j];
    }
    if (i == 0) {
      row[0] = 1;
      continue;
    }
    const double distance =
        rng.beta(0.5 * static_cast<double>(i), shape + 0.5 * static_cast<double>(k - 1 - i));
    for (std::size_t j = 0; j < i; ++j) row[j] *= sqrt(distance / squares);
    row[i] = sqrt(1 - distance);
  }
}

}  // namespace vippl::stdlib
