#include "stdlib/bartlett.h"

#include <cmath>
#include <numbers>

#include "runtime/special.h"

namespace vippl::stdlib {

bool are_wishart_df(double df, std::size_t k) {
  return df > static_cast<double>(k) - 1 && std::isfinite(df);
}

double wishart_constant(double df, std::size_t k) {
  const auto extent = static_cast<double>(k);
  double sum = -0.5 * df * extent * std::numbers::ln2 -
               0.25 * extent * (extent - 1) * std::log(std::numbers::pi);
  for (std::size_t i = 0; i < k; ++i)
    sum -= runtime::log_gamma(0.5 * (df - static_cast<double>(i)));
  return sum;
}

double wishart_constant_by_df(double df, std::size_t k) {
  double sum = -0.5 * static_cast<double>(k) * std::numbers::ln2;
  for (std::size_t i = 0; i < k; ++i)
    sum -= 0.5 * runtime::digamma(0.5 * (df - static_cast<double>(i)));
  return sum;
}

void draw_bartlett_factor(double df, runtime::Rng& rng, std::span<double> factor, std::size_t k) {
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < k; ++j) {
      double& entry = factor[i * k + j];
      if (j > i) entry = 0;
      if (j < i) entry = rng.normal();
      if (j == i) entry = std::sqrt(rng.chi_square(df - static_cast<double>(i)));
    }
}

}  // namespace vippl::stdlib
