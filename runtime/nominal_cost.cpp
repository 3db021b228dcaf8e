#include "runtime/nominal_cost.h"

namespace vippl::runtime {

namespace {

// Fitted to the times of the models of examples/posteriordb on an AMD EPYC, per point with eight at
// once, by least absolute errors of the logs. Scratch memory does not count, since much of it is
// tiles of a fixed size.
constexpr double per_instruction = 5e-9;
constexpr double per_number = 1.4e-9;

}  // namespace

double nominal_seconds(const Tape& tape) {
  double numbers = static_cast<double>(tape.dimension);
  double inner = 0;
  for (const Instruction& instruction : tape.instructions) {
    inner += instruction.operation->inner_seconds();
    numbers += static_cast<double>(tape.nodes[static_cast<std::size_t>(instruction.output)].size);
    for (const NodeId input : instruction.inputs)
      numbers += static_cast<double>(tape.nodes[static_cast<std::size_t>(input)].size);
  }
  return per_instruction * static_cast<double>(tape.instructions.size()) + per_number * numbers +
         inner;
}

}  // namespace vippl::runtime
