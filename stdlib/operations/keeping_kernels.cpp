#include <cmath>

#include "stdlib/operations/fibre_kernels.h"

// Kernels that keep their fibres.

namespace vippl::stdlib::fibres {

using runtime::chain;
using runtime::Index;

void cumulative_sum(const Fibres& fibres, const double* x, double* y) {
  double total[Fibres::max_width];
  fill(fibres, 0, total);
  for_each(fibres, [&](Index w, Index i) { y[i] = total[w] += x[i]; });
}

void cumulative_sum_derivative(const Fibres& fibres, const double*, const double*,
                               const double* y_adjoint, double* x_adjoint) {
  double total[Fibres::max_width];
  fill(fibres, 0, total);
  for (Index c = fibres.count; c-- > 0;) {
    for (Index w = 0; w < fibres.width; ++w) {
      const Index i = c * fibres.stride + w;
      x_adjoint[i] += total[w] += y_adjoint[i];
    }
  }
}

void cumulative_product(const Fibres& fibres, const double* x, double* y) {
  double total[Fibres::max_width];
  fill(fibres, 1, total);
  for_each(fibres, [&](Index w, Index i) { y[i] = total[w] *= x[i]; });
}

// total[w] is the sum over j >= c of y_adjoint[j] and the product of x after c up to j: no
// division, so zeros need no care.
void cumulative_product_derivative(const Fibres& fibres, const double* x, const double* y,
                                   const double* y_adjoint, double* x_adjoint) {
  double total[Fibres::max_width];
  fill(fibres, 0, total);
  for (Index c = fibres.count; c-- > 0;) {
    for (Index w = 0; w < fibres.width; ++w) {
      const Index i = c * fibres.stride + w;
      const bool is_last = c + 1 == fibres.count;
      total[w] = y_adjoint[i] + (is_last ? 0 : x[i + fibres.stride] * total[w]);
      x_adjoint[i] += chain(c == 0 ? 1 : y[i - fibres.stride], total[w]);
    }
  }
}

void softmax(const Fibres& fibres, const double* x, double* y) {
  double largest[Fibres::max_width];
  double total[Fibres::max_width];
  max(fibres, x, largest);
  fill(fibres, 0, total);
  for_each(fibres, [&](Index w, Index i) { total[w] += y[i] = std::exp(x[i] - largest[w]); });
  for_each(fibres, [&](Index w, Index i) { y[i] /= total[w]; });
}

void softmax_derivative(const Fibres& fibres, const double*, const double* y,
                        const double* y_adjoint, double* x_adjoint) {
  double mean_adjoint[Fibres::max_width];
  fill(fibres, 0, mean_adjoint);
  for_each(fibres, [&](Index w, Index i) { mean_adjoint[w] += y[i] * y_adjoint[i]; });
  for_each(fibres,
           [&](Index w, Index i) { x_adjoint[i] += y[i] * (y_adjoint[i] - mean_adjoint[w]); });
}

void log_softmax(const Fibres& fibres, const double* x, double* y) {
  double total[Fibres::max_width];
  log_sum_exp(fibres, x, total);
  for_each(fibres, [&](Index w, Index i) { y[i] = x[i] - total[w]; });
}

void log_softmax_derivative(const Fibres& fibres, const double*, const double* y,
                            const double* y_adjoint, double* x_adjoint) {
  double total[Fibres::max_width];
  fill(fibres, 0, total);
  for_each(fibres, [&](Index w, Index i) { total[w] += y_adjoint[i]; });
  for_each(fibres,
           [&](Index w, Index i) { x_adjoint[i] += y_adjoint[i] - std::exp(y[i]) * total[w]; });
}

void standardize(const Fibres& fibres, const double* x, double* y) {
  double center[Fibres::max_width];
  double scale[Fibres::max_width];
  mean(fibres, x, center);
  sd(fibres, x, scale);
  for_each(fibres, [&](Index w, Index i) { y[i] = (x[i] - center[w]) / scale[w]; });
}

void standardize_derivative(const Fibres& fibres, const double* x, const double* y,
                            const double* y_adjoint, double* x_adjoint) {
  double scale[Fibres::max_width];
  double mean_adjoint[Fibres::max_width];
  double slope[Fibres::max_width];  // of the adjoint on y
  sd(fibres, x, scale);
  fill(fibres, 0, mean_adjoint);
  fill(fibres, 0, slope);
  for_each(fibres, [&](Index w, Index i) {
    mean_adjoint[w] += y_adjoint[i] / static_cast<double>(fibres.count);
    slope[w] += y[i] * y_adjoint[i] / static_cast<double>(fibres.count - 1);
  });
  for_each(fibres, [&](Index w, Index i) {
    x_adjoint[i] += (y_adjoint[i] - mean_adjoint[w] - slope[w] * y[i]) / scale[w];
  });
}

}  // namespace vippl::stdlib::fibres
