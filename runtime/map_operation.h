#pragma once
#include "runtime/operation.h"

namespace vippl::runtime {

/// y[i] = f(x[i]) for every element of one array.
class MapOperation final : public Operation {
 public:
  /// `derivative` is null for functions that are constant almost everywhere.
  MapOperation(std::string_view name, MapKernel kernel, MapDerivative derivative, Index size)
      : name_(name), kernel_(kernel), derivative_(derivative), size_(size) {}

  std::string_view name() const override { return name_; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;
  bool is_differentiable() const override { return derivative_ != nullptr; }

 private:
  std::string_view name_;
  MapKernel kernel_;
  MapDerivative derivative_;
  Index size_;
};

}  // namespace vippl::runtime
