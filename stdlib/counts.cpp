#include "stdlib/counts.h"

#include <cmath>

#include "runtime/special.h"

namespace vippl::stdlib {

bool are_counts(std::span<const double> values, double total) {
  double sum = 0;
  for (double x : values) {
    if (!(x >= 0) || std::floor(x) != x) return false;
    sum += x;
  }
  return sum == total;
}

double log_multinomial_coefficient(std::span<const double> counts, double trials) {
  double sum = runtime::log_factorial(trials);
  for (double count : counts) sum -= runtime::log_factorial(count);
  return sum;
}

void draw_multinomial(double trials, std::span<const double> p, runtime::Rng& rng,
                      std::span<double> out) {
  double left = trials;
  double chance_left = 1;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool last = i + 1 == out.size() || p[i] >= chance_left;
    out[i] = last ? left : rng.binomial(left, p[i] / chance_left);
    left -= out[i];
    chance_left -= p[i];
  }
}

}  // namespace vippl::stdlib
