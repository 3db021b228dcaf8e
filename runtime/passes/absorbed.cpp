#include "runtime/passes/absorbed.h"

#include <algorithm>

#include "runtime/passes/density_uses.h"
#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"

namespace vippl::runtime::passes {

const Instruction* maker_of(const Tape& tape, NodeId id) {
  if (id < 0 || node_at(tape, id).kind != Node::Kind::result) return nullptr;
  return instruction_of(tape, id);
}

std::size_t Absorbed::add_input(NodeId id) {
  const auto [place, is_new] = places_.try_emplace(id, inputs_.size());
  if (is_new) inputs_.push_back(id);
  return place->second;
}

std::optional<InstructionBlock> Absorbed::block(NodeId root) {
  members_.insert(root);
  add_moves();
  std::vector<Instruction> instructions;
  std::unordered_map<NodeId, int> own_uses;
  for (const NodeId id : in_order(root)) {
    const Instruction& instruction = *instruction_of(tape_, id);
    if (instruction.inputs.size() > InstructionBlock::most_inputs) return std::nullopt;
    for (const NodeId input : instruction.inputs) ++own_uses[input];
    instructions.push_back(instruction);
  }
  for (const Instruction& instruction : instructions) {
    const NodeId id = instruction.output;
    if (id != root && own_uses[id] != uses_[static_cast<std::size_t>(id)]) return std::nullopt;
  }
  for (const Instruction& instruction : instructions) {
    for (const NodeId input : instruction.inputs) {
      if (!members_.contains(input)) add_input(input);
    }
  }
  std::unordered_map<NodeId, std::size_t> results;
  std::vector<InstructionBlock::Step> steps;
  for (const Instruction& instruction : instructions) {
    InstructionBlock::Step step{instruction.operation, {}, 0, false};
    for (const NodeId input : instruction.inputs) {
      const bool is_member = members_.contains(input);
      step.inputs.push_back(is_member ? results.at(input) : places_.at(input));
      step.active = step.active || !node_at(tape_, input).is_fixed();
    }
    step.size = node_at(tape_, instruction.output).size;
    results[instruction.output] = inputs_.size() + steps.size();
    steps.push_back(std::move(step));
  }
  return InstructionBlock(inputs_.size(), std::move(steps));
}

// What only moves numbers to members, or from one to another, belongs to them.
void Absorbed::add_moves() {
  std::vector<NodeId> open(members_.begin(), members_.end());
  std::unordered_map<NodeId, int> own_uses;
  while (!open.empty()) {
    const Instruction& instruction = *instruction_of(tape_, open.back());
    open.pop_back();
    for (const NodeId input : instruction.inputs) {
      const Instruction* from = maker_of(tape_, input);
      if (from == nullptr || members_.contains(input) ||
          dynamic_cast<const Rearrangement*>(from->operation.get()) == nullptr ||
          ++own_uses[input] < uses_[static_cast<std::size_t>(input)])
        continue;
      members_.insert(input);
      open.push_back(input);
    }
  }
}

// The members, each behind those that it needs.
std::vector<NodeId> Absorbed::in_order(NodeId root) const {
  std::vector<NodeId> order;
  const auto visit = [&](const auto& self, NodeId id) -> void {
    if (std::ranges::find(order, id) != order.end()) return;
    for (const NodeId input : instruction_of(tape_, id)->inputs) {
      if (members_.contains(input)) self(self, input);
    }
    order.push_back(id);
  };
  visit(visit, root);
  return order;
}

Tape fuse_at_roots(Tape tape, bool (*may_be_root)(const Operation&), FuseAt fuse) {
  const auto is_root = [&](const Instruction& instruction) {
    return may_be_root(*instruction.operation);
  };
  if (std::ranges::none_of(tape.instructions, is_root)) return tape;
  const ElementMap map(tape);
  const std::vector<int> uses = uses_in_density(tape);
  Renaming renaming(tape);
  const std::size_t count = tape.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_root(tape.instructions[i])) continue;
    const Instruction root = tape.instructions[i];
    const NodeId fused = fuse(tape, map, uses, root);
    while (renaming.size() < tape.nodes.size()) renaming.add_node();
    if (fused != no_node) renaming.replace(root.output, fused);
  }
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
