#pragma once
#include <array>
#include <memory>
#include <vector>

#include "runtime/operation.h"

namespace vippl::runtime {

/// A few instructions, one after the other, as one: what a faster operation falls back on where a
/// number is in the way that it does not know. The result is that of the last.
class InstructionBlock {
 public:
  struct Step {
    std::shared_ptr<const Operation> operation;
    /// By number: the inputs of the block, then the results of its steps.
    std::vector<std::size_t> inputs;
    Index size = 0;       ///< of its result
    bool active = false;  ///< its result has a derivative
  };
  /// Instructions of more inputs are not for a block.
  static constexpr std::size_t most_inputs = 128;

  InstructionBlock(std::size_t input_count, std::vector<Step> steps);

  /// Doubles of memory for this many lanes; contents last from forward() to backward().
  Index scratch_size(Index lanes) const;
  void forward(const Frame& frame, std::span<const Operand> in, double* out, double* scratch) const;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out_adjoint,
                double* scratch) const;

 private:
  using Operands = std::array<Operand, most_inputs>;
  std::span<const Operand> operands(const Step& step, std::span<const Operand> in, Index lanes,
                                    double* scratch, Operands& storage) const;

  std::size_t input_count_;
  std::vector<Step> steps_;
  std::vector<Index> begins_;  // of the results in the scratch, in elements
  Index size_ = 0;             // of all results
};

}  // namespace vippl::runtime
