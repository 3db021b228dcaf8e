#pragma once
#include <vector>

#include "runtime/operation.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

/// Many operations on single numbers in one: what a recurrence is made of, where one instruction
/// per operation would cost more than the arithmetic. Inputs are single numbers; the result holds
/// those that are needed outside.
class ScalarProgram final : public Operation {
 public:
  /// Its numbers are the inputs, so many that are its own, and the results.
  ScalarProgram(std::size_t inputs, std::size_t own, std::vector<simd::ScalarCode> codes)
      : inputs_(static_cast<Index>(inputs)),
        own_(static_cast<Index>(own)),
        codes_(std::move(codes)) {}

  std::string_view name() const override { return "program"; }
  /// The inputs and own numbers, their adjoints and those of the results.
  Index scratch_size(Index lanes) const override { return (2 * inside() + results()) * lanes; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;

 private:
  Index inside() const { return inputs_ + own_; }
  Index results() const { return static_cast<Index>(codes_.size()) - own_; }

  Index inputs_;
  Index own_;
  std::vector<simd::ScalarCode> codes_;
};

}  // namespace vippl::runtime
