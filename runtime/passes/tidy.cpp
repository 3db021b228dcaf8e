#include "runtime/passes/tidy.h"

#include <numeric>
#include <utility>

#include "runtime/passes/passes.h"

namespace vippl::runtime::passes {

namespace {

// Walks from what is read after a replay back to what that needs.
class Needed {
 public:
  explicit Needed(const Tape& tape)
      : tape_(tape), nodes_(tape.nodes.size(), false), seen_(tape.instructions.size(), false) {}

  void add(NodeId id) {
    push(id);
    while (!stack_.empty()) {
      auto& [instruction, next] = stack_.back();
      const std::vector<NodeId>& inputs =
          tape_.instructions[static_cast<std::size_t>(instruction)].inputs;
      if (next < inputs.size()) {
        push(inputs[next++]);
        continue;
      }
      order_.push_back(instruction);
      stack_.pop_back();
    }
  }

  const std::vector<Index>& order() const { return order_; }
  bool operator[](std::size_t node) const { return nodes_[node]; }

 private:
  void push(NodeId id) {
    nodes_[static_cast<std::size_t>(id)] = true;
    const Node* node = &node_at(tape_, id);
    if (node->kind == Node::Kind::view) {
      nodes_[static_cast<std::size_t>(node->base)] = true;
      node = &node_at(tape_, node->base);
    }
    if (node->kind != Node::Kind::result) return;
    const auto instruction = static_cast<std::size_t>(node->offset);
    if (seen_[instruction]) return;
    seen_[instruction] = true;
    stack_.emplace_back(node->offset, 0);
  }

  const Tape& tape_;
  std::vector<bool> nodes_;
  std::vector<bool> seen_;
  std::vector<Index> order_;
  std::vector<std::pair<Index, std::size_t>> stack_;  // and the next input to look at
};

void rename(Tape& tape, const Renaming& renaming) {
  for (Instruction& instruction : tape.instructions) {
    for (NodeId& input : instruction.inputs) input = renaming[input];
  }
  for (Node& node : tape.nodes) {
    if (node.kind == Node::Kind::view) node.base = renaming[node.base];
  }
  for (LogTerm& term : tape.terms) {
    if (term.node != no_node) term.node = renaming[term.node];
  }
  for (Guard& guard : tape.guards) guard.condition = renaming[guard.condition];
  for (NodeId& node : tape.reported) node = renaming[node];
}

}  // namespace

Renaming::Renaming(const Tape& tape) : to_(tape.nodes.size()) {
  std::iota(to_.begin(), to_.end(), 0);
}

NodeId Renaming::operator[](NodeId id) const {
  while (to_[static_cast<std::size_t>(id)] != id) id = to_[static_cast<std::size_t>(id)];
  return id;
}

Tape tidy(Tape tape, const Renaming& renaming) {
  rename(tape, renaming);
  Needed needed(tape);
  for (const LogTerm& term : tape.terms) {
    if (term.node != no_node) needed.add(term.node);
  }
  for (const Guard& guard : tape.guards) needed.add(guard.condition);
  for (const NodeId node : tape.reported) needed.add(node);

  std::vector<NodeId> moved(tape.nodes.size(), no_node);
  std::size_t kept = 0;
  for (std::size_t n = 0; n < tape.nodes.size(); ++n) {
    if (!needed[n]) continue;
    moved[n] = static_cast<NodeId>(kept);
    if (kept != n) tape.nodes[kept] = std::move(tape.nodes[n]);
    ++kept;
  }
  tape.nodes.resize(kept);
  const auto move = [&moved](NodeId& id) { id = moved[static_cast<std::size_t>(id)]; };
  std::vector<Instruction> instructions;
  instructions.reserve(needed.order().size());
  for (const Index i : needed.order()) {
    Instruction& instruction = tape.instructions[static_cast<std::size_t>(i)];
    for (NodeId& input : instruction.inputs) move(input);
    move(instruction.output);
    tape.nodes[static_cast<std::size_t>(instruction.output)].offset =
        static_cast<Index>(instructions.size());
    instructions.push_back(std::move(instruction));
  }
  tape.instructions = std::move(instructions);
  for (Node& node : tape.nodes) {
    if (node.kind == Node::Kind::view) move(node.base);
  }
  for (LogTerm& term : tape.terms) {
    if (term.node != no_node) move(term.node);
  }
  for (Guard& guard : tape.guards) move(guard.condition);
  for (NodeId& node : tape.reported) move(node);
  return tape;
}

Tape drop_unused(Tape tape) {
  const Renaming nothing(tape);
  return tidy(std::move(tape), nothing);
}

const Instruction* instruction_of(const Tape& tape, NodeId id) {
  const Node& node = node_at(tape, id);
  if (node.kind != Node::Kind::result) return nullptr;
  return &tape.instructions[static_cast<std::size_t>(node.offset)];
}

NodeId add_instruction(Tape& tape, std::shared_ptr<const Operation> operation,
                       std::vector<NodeId> inputs, lang::Shape shape, lang::Span span) {
  Node node;
  node.kind = Node::Kind::result;
  node.size = lang::element_count(shape);
  node.shape = std::move(shape);
  node.offset = static_cast<Index>(tape.instructions.size());
  for (const NodeId input : inputs)
    node.is_random = node.is_random || node_at(tape, input).is_random;
  tape.nodes.push_back(std::move(node));
  const auto id = static_cast<NodeId>(tape.nodes.size() - 1);
  tape.instructions.push_back({std::move(operation), std::move(inputs), id, span});
  return id;
}

}  // namespace vippl::runtime::passes
