#pragma once
#include <vector>

#include "runtime/operation.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

/// Many operations on single numbers in one: what a recurrence is made of, where one instruction
/// per operation would cost more than the arithmetic. Inputs are single numbers; the result holds
/// those of all steps.
class ScalarProgram final : public Operation {
 public:
  ScalarProgram(std::size_t inputs, std::vector<simd::ScalarCode> codes)
      : inputs_(static_cast<Index>(inputs)), codes_(std::move(codes)) {}

  std::string_view name() const override { return "program"; }
  /// The inputs, their adjoints and those of the results.
  Index scratch_size(Index lanes) const override { return (2 * inputs_ + size()) * lanes; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;

 private:
  Index size() const { return static_cast<Index>(codes_.size()); }

  Index inputs_;
  std::vector<simd::ScalarCode> codes_;
};

}  // namespace vippl::runtime
