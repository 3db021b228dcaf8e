#pragma once
#include "stdlib/operations/fibre_operation.h"

namespace vippl::stdlib::fibres {

/// Calls body(w, c * stride + w) for every element, the fibres inside.
template <class Body>
void for_each(const Fibres& fibres, Body&& body) {
  for (runtime::Index c = 0; c < fibres.count; ++c) {
    for (runtime::Index w = 0; w < fibres.width; ++w) body(w, c * fibres.stride + w);
  }
}

void fill(const Fibres& fibres, double value, double* y);

// Kernels that reduce, and their derivatives.
void mean(const Fibres& fibres, const double* x, double* y);
void product(const Fibres& fibres, const double* x, double* y);
void variance(const Fibres& fibres, const double* x, double* y);
void sd(const Fibres& fibres, const double* x, double* y);
void min(const Fibres& fibres, const double* x, double* y);
void max(const Fibres& fibres, const double* x, double* y);
void norm(const Fibres& fibres, const double* x, double* y);
void log_sum_exp(const Fibres& fibres, const double* x, double* y);
void any(const Fibres& fibres, const double* x, double* y);
void all(const Fibres& fibres, const double* x, double* y);
void count(const Fibres& fibres, const double* x, double* y);
void mean_derivative(const Fibres& fibres, const double* x, const double* y,
                     const double* y_adjoint, double* x_adjoint);
void product_derivative(const Fibres& fibres, const double* x, const double* y,
                        const double* y_adjoint, double* x_adjoint);
void variance_derivative(const Fibres& fibres, const double* x, const double* y,
                         const double* y_adjoint, double* x_adjoint);
void sd_derivative(const Fibres& fibres, const double* x, const double* y, const double* y_adjoint,
                   double* x_adjoint);
void extreme_derivative(const Fibres& fibres, const double* x, const double* y,
                        const double* y_adjoint, double* x_adjoint);
void norm_derivative(const Fibres& fibres, const double* x, const double* y,
                     const double* y_adjoint, double* x_adjoint);

// Kernels that keep their fibres.
void cumulative_sum(const Fibres& fibres, const double* x, double* y);
void cumulative_sum_derivative(const Fibres& fibres, const double* x, const double* y,
                               const double* y_adjoint, double* x_adjoint);
void cumulative_product(const Fibres& fibres, const double* x, double* y);
void cumulative_product_derivative(const Fibres& fibres, const double* x, const double* y,
                                   const double* y_adjoint, double* x_adjoint);
void softmax(const Fibres& fibres, const double* x, double* y);
void softmax_derivative(const Fibres& fibres, const double* x, const double* y,
                        const double* y_adjoint, double* x_adjoint);
void log_softmax(const Fibres& fibres, const double* x, double* y);
void log_softmax_derivative(const Fibres& fibres, const double* x, const double* y,
                            const double* y_adjoint, double* x_adjoint);
void standardize(const Fibres& fibres, const double* x, double* y);
void standardize_derivative(const Fibres& fibres, const double* x, const double* y,
                            const double* y_adjoint, double* x_adjoint);

}  // namespace vippl::stdlib::fibres
