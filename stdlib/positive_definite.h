#pragma once
#include <span>

#include "runtime/index.h"

// Symmetric positive definite matrices in densities: factor, log determinant and inverse, in
// scratch memory.

namespace vippl::stdlib {

class PositiveDefinite {
 public:
  static constexpr runtime::Index scratch_size(runtime::Index k) { return 2 * k * k; }
  PositiveDefinite(double* scratch, runtime::Index k)
      : extent_(k), lower_(scratch), inverse_(scratch + k * k) {}

  /// Whether the k x k matrix is symmetric positive definite; if so, the members below are its own.
  bool factorise(std::span<const double> matrix);

  const double* lower() const { return lower_; }
  double log_determinant() const { return log_determinant_; }
  /// k x k, symmetric; computed when first asked for.
  std::span<const double> inverse();

 private:
  runtime::Index extent_;
  double* lower_;
  double* inverse_;
  double log_determinant_ = 0;
  bool has_inverse_ = false;
};

/// Sum of the products of the elements; of symmetric matrices the trace of their product.
double dot(std::span<const double> x, std::span<const double> y);

/// Adds factor * values to an adjoint, if there is one.
void add_scaled(double factor, std::span<const double> values, std::span<double> adjoint);

/// Adds factor * x y' to the adjoint of a matrix, if there is one.
void add_outer(double factor, std::span<const double> x, std::span<const double> y,
               std::span<double> adjoint);

/// Turns standard normals into a draw: location + L noise, where L L' is the covariance.
void colour(const double* lower, std::span<const double> location, std::span<double> noise);
/// The same where L L' is the precision: location + L^-T noise.
void colour_by_precision(const double* lower, std::span<const double> location,
                         std::span<double> noise);

}  // namespace vippl::stdlib
