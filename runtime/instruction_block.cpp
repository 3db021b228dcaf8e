#include "runtime/instruction_block.h"

#include <algorithm>

#include "lang/diagnostic.h"

namespace vippl::runtime {

InstructionBlock::InstructionBlock(std::size_t input_count, std::vector<Step> steps)
    : input_count_(input_count), steps_(std::move(steps)) {
  for (const Step& step : steps_) {
    VIPPL_ASSERT(step.inputs.size() <= most_inputs, "instructions of a block have few inputs");
    begins_.push_back(size_);
    size_ += step.size;
  }
}

// The results, their adjoints, then what each operation asks for.
Index InstructionBlock::scratch_size(Index lanes) const {
  Index size = 2 * size_ * lanes;
  for (const Step& step : steps_) size += step.operation->scratch_size(lanes);
  return size;
}

std::span<const Operand> InstructionBlock::operands(const Step& step, std::span<const Operand> in,
                                                    Index lanes, double* scratch,
                                                    Operands& storage) const {
  for (std::size_t k = 0; k < step.inputs.size(); ++k) {
    if (step.inputs[k] < input_count_) {
      storage[k] = in[step.inputs[k]];
      continue;
    }
    const std::size_t from = step.inputs[k] - input_count_;
    double* const value = scratch + begins_[from] * lanes;
    storage[k] = {value, steps_[from].active ? value + size_ * lanes : nullptr, steps_[from].size,
                  false};
  }
  return {storage.data(), step.inputs.size()};
}

void InstructionBlock::forward(const Frame& frame, std::span<const Operand> in, double* out,
                               double* scratch) const {
  Operands storage;
  double* own = scratch + 2 * size_ * frame.lanes;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const Step& step = steps_[s];
    step.operation->forward(frame, operands(step, in, frame.lanes, scratch, storage),
                            scratch + begins_[s] * frame.lanes, own);
    own += step.operation->scratch_size(frame.lanes);
  }
  std::copy_n(scratch + begins_.back() * frame.lanes, steps_.back().size * frame.lanes, out);
}

void InstructionBlock::backward(const Frame& frame, std::span<const Operand> in,
                                const double* out_adjoint, double* scratch) const {
  Operands storage;
  double* const adjoints = scratch + size_ * frame.lanes;
  std::fill_n(adjoints, size_ * frame.lanes, 0.0);
  std::copy_n(out_adjoint, steps_.back().size * frame.lanes,
              adjoints + begins_.back() * frame.lanes);
  double* own = scratch + scratch_size(frame.lanes);
  for (std::size_t s = steps_.size(); s-- > 0;) {
    const Step& step = steps_[s];
    own -= step.operation->scratch_size(frame.lanes);
    if (!step.active) continue;
    const Index at = begins_[s] * frame.lanes;
    step.operation->backward(frame, operands(step, in, frame.lanes, scratch, storage), scratch + at,
                             adjoints + at, own);
  }
}

}  // namespace vippl::runtime
