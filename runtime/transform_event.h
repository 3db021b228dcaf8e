#pragma once
#include <optional>
#include <string>

#include "runtime/log_density.h"
#include "runtime/operation.h"

namespace vippl::runtime {

/// The transform of one event that is a vector of length k or a k x k matrix: a row of the table of
/// supports. Plain contiguous arrays; `scratch` has scratch(k) doubles and nothing in it is kept
/// from call to call.
struct EventTransform {
  Index (*coordinates)(Index k);
  Index (*entries)(Index k);
  Index (*scratch)(Index k);
  void (*constrain)(Index k, const double* z, double* x, double* scratch);
  /// Adds to z_adjoint.
  void (*pull_back)(Index k, const double* z, const double* x, const double* x_adjoint,
                    double* z_adjoint, double* scratch);
  double (*log_jacobian)(Index k, const double* z, double* scratch);
  /// Adds `weight` times the gradient of log_jacobian to z_adjoint.
  void (*log_jacobian_gradient)(Index k, const double* z, double weight, double* z_adjoint,
                                double* scratch);
  /// What is wrong with x, or nothing.
  std::optional<std::string> (*unconstrain)(Index k, const double* x, double* z);
  /// Coordinates counted within the event.
  ScalarMap (*map)(Index k, Index entry);
};

extern const EventTransform simplex_transform, sum_to_zero_transform, ordered_transform,
    positive_ordered_transform, unit_vector_transform, correlation_transform,
    correlation_cholesky_transform, covariance_transform, covariance_cholesky_transform;

}  // namespace vippl::runtime
