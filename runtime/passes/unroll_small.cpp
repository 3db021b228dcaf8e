#include "runtime/passes/unroll_small.h"

#include <algorithm>
#include <unordered_map>

#include "runtime/log_sum_exp.h"
#include "runtime/map_operation.h"
#include "runtime/operators.h"
#include "runtime/passes/elements.h"
#include "runtime/passes/tidy.h"

namespace vippl::runtime::passes {

namespace {

// Numbers of an array that is small.
constexpr Index most_elements = 16;
// Fewer instructions are no recurrence that would be worth it.
constexpr std::size_t least_instructions = 32;

bool is_small(const Tape& tape, NodeId id) { return node_at(tape, id).size <= most_elements; }

bool can_unroll(const Tape& tape, const Instruction& instruction) {
  const Operation& operation = *instruction.operation;
  const Node& output = node_at(tape, instruction.output);
  if (!is_small(tape, instruction.output) || output.is_random) return false;
  for (const NodeId input : instruction.inputs) {
    if (!is_small(tape, input) || node_at(tape, input).kind == Node::Kind::rows) return false;
  }
  if (const SumExtents* extents = log_sum_exp_extents(operation)) return extents->count > 1;
  if (output.size < 2) return false;  // a number already
  if (const auto* binary = dynamic_cast<const BinaryOperation*>(&operation))
    return binary->is_differentiable();
  const auto* map = dynamic_cast<const MapOperation*>(&operation);
  return map != nullptr && map->is_differentiable();
}

class Unrolling {
 public:
  Unrolling(Tape& tape, Renaming& renaming) : tape_(tape), renaming_(renaming), elements_(tape) {}

  void unroll(const Instruction& instruction) {
    std::vector<NodeId> numbers;
    const Index size = node_at(tape_, instruction.output).size;
    for (Index i = 0; i < size; ++i) numbers.push_back(number(instruction, i));
    numbers_.emplace(instruction.output, std::move(numbers));
  }

  /// Afterwards the node is made of what was unrolled, where it held some of that.
  void rebuild(NodeId id, lang::Span span) {
    if (renaming_[id] != id) return;
    std::vector<Element> elements;
    elements_.append(id, elements);
    bool is_affected = false;
    for (Element& element : elements) {
      const auto found = numbers_.find(element.root);
      if (found == numbers_.end()) continue;
      element = {found->second[static_cast<std::size_t>(element.at)], 0};
      is_affected = true;
    }
    if (!is_affected) return;
    const lang::Shape shape = node_at(tape_, id).shape;
    const NodeId rebuilt = gather_elements(tape_, elements, shape, span);
    name_nodes();
    renaming_.replace(id, rebuilt);
  }

 private:
  void name_nodes() {
    while (renaming_.size() < tape_.nodes.size()) renaming_.add_node();
  }

  NodeId element(NodeId id, Index i, lang::Span span) {
    const Element at = elements_(id, i);
    const auto found = numbers_.find(at.root);
    if (found != numbers_.end()) return found->second[static_cast<std::size_t>(at.at)];
    const std::pair key(at.root, at.at);
    const auto known = singles_.find(key);
    if (known != singles_.end()) return known->second;
    const NodeId single = gather_elements(tape_, {&at, 1}, {}, span);
    name_nodes();
    singles_.emplace(key, single);
    return single;
  }

  NodeId add(std::shared_ptr<const Operation> operation, std::vector<NodeId> inputs,
             lang::Span span) {
    const NodeId id = add_instruction(tape_, std::move(operation), std::move(inputs), {}, span);
    name_nodes();
    return id;
  }

  // Element i of the result.
  NodeId number(const Instruction& instruction, Index i) {
    const lang::Span span = instruction.span;
    if (const SumExtents* extents = log_sum_exp_extents(*instruction.operation)) {
      const Index first = i / extents->inner * extents->count * extents->inner + i % extents->inner;
      NodeId sum = element(instruction.inputs[0], first, span);
      for (Index k = 1; k < extents->count; ++k)
        sum = add(make_log_add_exp(),
                  {sum, element(instruction.inputs[0], first + k * extents->inner, span)}, span);
      return sum;
    }
    if (const auto* binary = dynamic_cast<const BinaryOperation*>(instruction.operation.get()))
      return add(make_broadcast_binary(binary->op(), {}, {}, 1),
                 {element(instruction.inputs[0], binary->broadcast(0)[i], span),
                  element(instruction.inputs[1], binary->broadcast(1)[i], span)},
                 span);
    const auto& map = dynamic_cast<const MapOperation&>(*instruction.operation);
    return add(std::make_shared<const MapOperation>(map.name(), map.value_kernel(),
                                                    map.derivative_kernel(), 1, map.form()),
               {element(instruction.inputs[0], i, span)}, span);
  }

  struct Hash {
    std::size_t operator()(const std::pair<NodeId, std::int32_t>& key) const {
      return static_cast<std::size_t>(key.first) * 1000003 + static_cast<std::size_t>(key.second);
    }
  };

  Tape& tape_;
  Renaming& renaming_;
  ElementMap elements_;
  std::unordered_map<NodeId, std::vector<NodeId>> numbers_;  // of an output, one per element
  std::unordered_map<std::pair<NodeId, std::int32_t>, NodeId, Hash> singles_;
};

bool is_rearrangement(const Instruction& instruction) {
  return dynamic_cast<const Rearrangement*>(instruction.operation.get()) != nullptr;
}

}  // namespace

Tape unroll_small(Tape tape) {
  const std::size_t count = tape.instructions.size();
  std::vector<bool> chosen(count, false);
  for (std::size_t i = 0; i < count; ++i) chosen[i] = can_unroll(tape, tape.instructions[i]);
  if (static_cast<std::size_t>(std::ranges::count(chosen, true)) < least_instructions) return tape;

  Renaming renaming(tape);
  Unrolling unrolling(tape, renaming);
  for (std::size_t i = 0; i < count; ++i) {
    const Instruction instruction = tape.instructions[i];
    if (chosen[i]) unrolling.unroll(instruction);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Instruction instruction = tape.instructions[i];
    if (chosen[i] || is_rearrangement(instruction)) continue;
    for (const NodeId input : instruction.inputs) unrolling.rebuild(input, instruction.span);
  }
  for (const LogTerm& term : tape.terms) {
    if (term.node != no_node) unrolling.rebuild(term.node, term.statement);
  }
  for (const Guard& guard : tape.guards) unrolling.rebuild(guard.condition, {});
  for (const NodeId node : tape.reported) unrolling.rebuild(node, {});
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
