#include <algorithm>

#include "runtime/passes/elements.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"

namespace vippl::runtime::passes {

namespace {

bool is_rearrangement(const Tape& tape, NodeId id) {
  const Node& node = node_at(tape, id);
  if (node.kind == Node::Kind::view) return true;
  const Instruction* instruction = instruction_of(tape, id);
  return instruction != nullptr &&
         dynamic_cast<const Rearrangement*>(instruction->operation.get()) != nullptr;
}

}  // namespace

Tape simplify_subscripts(Tape tape) {
  Renaming renaming(tape);
  const ElementMap map(tape);
  // What is read per lane after a replay may not become a constant.
  std::vector<bool> is_read(tape.nodes.size(), false);
  for (const Guard& guard : tape.guards) is_read[static_cast<std::size_t>(guard.condition)] = true;
  for (const NodeId node : tape.reported) is_read[static_cast<std::size_t>(node)] = true;
  std::vector<Element> elements;
  const std::size_t count = tape.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Instruction instruction = tape.instructions[i];
    if (dynamic_cast<const Rearrangement*>(instruction.operation.get()) == nullptr) continue;
    elements.clear();
    map.append(instruction.output, elements);
    const bool fixed = std::ranges::all_of(elements, [&tape](const Element& element) {
      return element.root != coordinates && node_at(tape, element.root).is_fixed();
    });
    if (elements.empty() || (fixed && is_read[static_cast<std::size_t>(instruction.output)]))
      continue;
    const bool is_chain = std::ranges::any_of(
        instruction.inputs, [&](NodeId id) { return is_rearrangement(tape, id); });
    if (!is_run(elements) && !is_chain && !fixed) continue;
    const lang::Shape shape = node_at(tape, instruction.output).shape;
    const NodeId replacement = gather_elements(tape, elements, shape, instruction.span);
    while (renaming.size() < tape.nodes.size()) renaming.add_node();
    renaming.replace(instruction.output, replacement);
  }
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
