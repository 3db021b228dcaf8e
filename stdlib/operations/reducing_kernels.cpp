#include <cmath>
#include <limits>

#include "stdlib/operations/fibre_kernels.h"

namespace vippl::stdlib::fibres {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

using runtime::chain;
using runtime::Index;

void fill(const Fibres& fibres, double value, double* y) {
  for (Index w = 0; w < fibres.width; ++w) y[w] = value;
}

void mean(const Fibres& fibres, const double* x, double* y) {
  fill(fibres, 0, y);
  if (fibres.stride == fibres.width) {
    runtime::add_over_elements(x, fibres.count, fibres.width, y);
  } else {
    for_each(fibres, [&](Index w, Index i) { y[w] += x[i]; });
  }
  for (Index w = 0; w < fibres.width; ++w) y[w] /= static_cast<double>(fibres.count);
}

void mean_derivative(const Fibres& fibres, const double*, const double*, const double* y_adjoint,
                     double* x_adjoint) {
  const double weight = 1 / static_cast<double>(fibres.count);
  for_each(fibres, [&](Index w, Index i) { x_adjoint[i] += weight * y_adjoint[w]; });
}

void product(const Fibres& fibres, const double* x, double* y) {
  fill(fibres, 1, y);
  for_each(fibres, [&](Index w, Index i) { y[w] *= x[i]; });
}

// The product of the others: by division where there is no zero; one zero leaves its own
// derivative, two leave none.
void product_derivative(const Fibres& fibres, const double* x, const double*,
                        const double* y_adjoint, double* x_adjoint) {
  double others[Fibres::max_width];
  double zeros[Fibres::max_width];
  fill(fibres, 1, others);
  fill(fibres, 0, zeros);
  for_each(fibres, [&](Index w, Index i) {
    others[w] *= x[i] == 0 ? 1 : x[i];
    zeros[w] += static_cast<double>(x[i] == 0);
  });
  for_each(fibres, [&](Index w, Index i) {
    const bool is_zero = x[i] == 0;
    if (zeros[w] > static_cast<double>(is_zero)) return;
    x_adjoint[i] += chain(is_zero ? others[w] : others[w] / x[i], y_adjoint[w]);
  });
}

// Two passes: the sum of squares less the square of the sum would cancel.
void variance(const Fibres& fibres, const double* x, double* y) {
  double center[Fibres::max_width];
  mean(fibres, x, center);
  fill(fibres, 0, y);
  for_each(fibres, [&](Index w, Index i) { y[w] += (x[i] - center[w]) * (x[i] - center[w]); });
  for (Index w = 0; w < fibres.width; ++w) y[w] /= static_cast<double>(fibres.count - 1);
}

void variance_derivative(const Fibres& fibres, const double* x, const double*,
                         const double* y_adjoint, double* x_adjoint) {
  double center[Fibres::max_width];
  mean(fibres, x, center);
  const double weight = 2 / static_cast<double>(fibres.count - 1);
  for_each(fibres, [&](Index w, Index i) {
    x_adjoint[i] += chain(weight * (x[i] - center[w]), y_adjoint[w]);
  });
}

void sd(const Fibres& fibres, const double* x, double* y) {
  variance(fibres, x, y);
  for (Index w = 0; w < fibres.width; ++w) y[w] = std::sqrt(y[w]);
}

void sd_derivative(const Fibres& fibres, const double* x, const double* y, const double* y_adjoint,
                   double* x_adjoint) {
  double variance_adjoint[Fibres::max_width];
  for (Index w = 0; w < fibres.width; ++w) {
    variance_adjoint[w] = y[w] == 0 ? 0 : 0.5 / y[w] * y_adjoint[w];
  }
  variance_derivative(fibres, x, y, variance_adjoint, x_adjoint);
}

// NaN where there is one.
void min(const Fibres& fibres, const double* x, double* y) {
  fill(fibres, infinity, y);
  for_each(fibres, [&](Index w, Index i) { y[w] = x[i] < y[w] || std::isnan(x[i]) ? x[i] : y[w]; });
}

void max(const Fibres& fibres, const double* x, double* y) {
  fill(fibres, -infinity, y);
  for_each(fibres, [&](Index w, Index i) { y[w] = x[i] > y[w] || std::isnan(x[i]) ? x[i] : y[w]; });
}

// All of the adjoint goes to the first element that is the extreme one.
void extreme_derivative(const Fibres& fibres, const double* x, const double* y,
                        const double* y_adjoint, double* x_adjoint) {
  bool is_given[Fibres::max_width] = {};
  for_each(fibres, [&](Index w, Index i) {
    if (is_given[w] || x[i] != y[w]) return;
    x_adjoint[i] += y_adjoint[w];
    is_given[w] = true;
  });
}

void norm(const Fibres& fibres, const double* x, double* y) {
  fill(fibres, 0, y);
  for_each(fibres, [&](Index w, Index i) { y[w] += x[i] * x[i]; });
  for (Index w = 0; w < fibres.width; ++w) y[w] = std::sqrt(y[w]);
}

void norm_derivative(const Fibres& fibres, const double* x, const double* y,
                     const double* y_adjoint, double* x_adjoint) {
  for_each(fibres, [&](Index w, Index i) {
    if (y[w] != 0) x_adjoint[i] += chain(x[i] / y[w], y_adjoint[w]);
  });
}

void log_sum_exp(const Fibres& fibres, const double* x, double* y) {
  double largest[Fibres::max_width];
  fill(fibres, -infinity, largest);
  for_each(fibres, [&](Index w, Index i) { largest[w] = x[i] > largest[w] ? x[i] : largest[w]; });
  for (Index w = 0; w < fibres.width; ++w) {
    if (!std::isfinite(largest[w])) largest[w] = 0;  // infinity - infinity is not a number
  }
  fill(fibres, 0, y);
  for_each(fibres, [&](Index w, Index i) { y[w] += std::exp(x[i] - largest[w]); });
  for (Index w = 0; w < fibres.width; ++w) y[w] = largest[w] + std::log(y[w]);
}

void any(const Fibres& fibres, const double* x, double* y) {
  fill(fibres, 0, y);
  for_each(fibres, [&](Index w, Index i) { y[w] = x[i] != 0 ? 1 : y[w]; });
}

void all(const Fibres& fibres, const double* x, double* y) {
  fill(fibres, 1, y);
  for_each(fibres, [&](Index w, Index i) { y[w] = x[i] == 0 ? 0 : y[w]; });
}

void count(const Fibres& fibres, const double* x, double* y) {
  fill(fibres, 0, y);
  for_each(fibres, [&](Index w, Index i) { y[w] += static_cast<double>(x[i] != 0); });
}

}  // namespace vippl::stdlib::fibres
