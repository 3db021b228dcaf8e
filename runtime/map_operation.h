#pragma once
#include "runtime/operation.h"

namespace vippl::runtime {

/// The functions that the engine knows by more than their kernels.
enum class MapForm { other, exp, log, sqrt };

/// y[i] = f(x[i]) for every element of one array.
class MapOperation final : public Operation {
 public:
  /// `derivative` is null for functions that are constant almost everywhere.
  MapOperation(std::string_view name, MapKernel kernel, MapDerivative derivative, Index size,
               MapForm form = MapForm::other)
      : name_(name), kernel_(kernel), derivative_(derivative), size_(size), form_(form) {}

  std::string_view name() const override { return name_; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;
  bool is_differentiable() const override { return derivative_ != nullptr; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override;
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> shared) const override;
  MapKernel value_kernel() const { return kernel_; }
  MapDerivative derivative_kernel() const { return derivative_; }
  MapForm form() const { return form_; }

 private:
  std::string_view name_;
  MapKernel kernel_;
  MapDerivative derivative_;
  Index size_;
  MapForm form_;
};

}  // namespace vippl::runtime
