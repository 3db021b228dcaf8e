#include <optional>
#include <unordered_map>

#include "runtime/map_operation.h"
#include "runtime/operators.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"

namespace vippl::runtime::passes {

namespace {

/// What a node is a subscript of: its element i is element index[i] of `groups`.
struct Spread {
  NodeId groups = no_node;
  std::vector<std::int32_t> index;
};
using Spreads = std::unordered_map<NodeId, Spread>;

// Of an instruction that is a subscript of fewer than half as many latent numbers.
std::optional<Spread> spread_of(const Tape& tape, const Instruction& instruction) {
  const auto* moves = dynamic_cast<const Rearrangement*>(instruction.operation.get());
  if (moves == nullptr || instruction.inputs.size() != 1) return std::nullopt;
  const Node& groups = node_at(tape, instruction.inputs[0]);
  if (groups.is_fixed() || 2 * groups.size >= node_at(tape, instruction.output).size)
    return std::nullopt;
  std::vector<Rearrangement::Source> sources;
  moves->sources(sources);
  Spread result{instruction.inputs[0], {}};
  for (const Rearrangement::Source& source : sources)
    result.index.push_back(static_cast<std::int32_t>(source.element));
  return result;
}

// The same operation on so many elements, if it takes each by itself.
std::shared_ptr<const Operation> over_groups(const Operation& operation, Index count) {
  if (is_negate(operation)) return make_negate(count);
  const auto* map = dynamic_cast<const MapOperation*>(&operation);
  if (map == nullptr) return nullptr;
  return std::make_shared<const MapOperation>(map->name(), map->value_kernel(),
                                              map->derivative_kernel(), count, map->form());
}

// The operands of an operation on subscripts: all of one index, besides single numbers.
class Operands {
 public:
  explicit Operands(const Spreads& spreads) : spreads_(spreads) {}

  /// False where the operation cannot be moved before the subscript.
  bool add(const Tape& tape, NodeId id, const Broadcast& broadcast) {
    if (node_at(tape, id).size == 1 && broadcast.kind == Broadcast::Kind::scalar) {
      ids_.push_back(id);
      broadcasts_.push_back(broadcast);
      return true;
    }
    const auto found = spreads_.find(id);
    if (found == spreads_.end() || broadcast.kind != Broadcast::Kind::full) return false;
    const Spread& spread = found->second;
    const Index count = node_at(tape, spread.groups).size;
    if (index_ != nullptr && (count != count_ || *index_ != spread.index)) return false;
    index_ = &spread.index;
    count_ = count;
    ids_.push_back(spread.groups);
    broadcasts_.push_back({Broadcast::Kind::full, {}});
    return true;
  }

  const std::vector<std::int32_t>* index() const { return index_; }
  Index count() const { return count_; }
  std::vector<NodeId> ids() const { return ids_; }
  const Broadcast& broadcast(std::size_t side) const { return broadcasts_[side]; }

 private:
  const Spreads& spreads_;
  const std::vector<std::int32_t>* index_ = nullptr;
  Index count_ = 0;
  std::vector<NodeId> ids_;
  std::vector<Broadcast> broadcasts_;
};

// The operation over the groups, or null; fills in what it is taken of.
std::shared_ptr<const Operation> moved(const Tape& tape, const Instruction& instruction,
                                       Operands& operands) {
  if (const auto* binary = dynamic_cast<const BinaryOperation*>(instruction.operation.get())) {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      if (!operands.add(tape, instruction.inputs[side], binary->broadcast(side))) return nullptr;
    }
    if (operands.index() == nullptr) return nullptr;
    return make_broadcast_binary(binary->op(), operands.broadcast(0), operands.broadcast(1),
                                 operands.count());
  }
  if (instruction.inputs.size() != 1 ||
      !operands.add(tape, instruction.inputs[0], {Broadcast::Kind::full, {}}))
    return nullptr;
  return over_groups(*instruction.operation, operands.count());
}

}  // namespace

Tape compute_per_group(Tape tape) {
  Renaming renaming(tape);
  Spreads spreads;
  const std::size_t count = tape.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    Instruction instruction = tape.instructions[i];
    for (NodeId& input : instruction.inputs) input = renaming[input];
    if (std::optional<Spread> spread = spread_of(tape, instruction)) {
      spreads.emplace(instruction.output, std::move(*spread));
      continue;
    }
    Operands operands(spreads);
    std::shared_ptr<const Operation> operation = moved(tape, instruction, operands);
    if (operation == nullptr) continue;
    const std::vector<std::int32_t> index = *operands.index();
    const NodeId groups =
        add_instruction(tape, std::move(operation), operands.ids(),
                        {lang::Size::unknown(operands.count())}, instruction.span);
    renaming.add_node();
    const NodeId result =
        add_instruction(tape, make_gather(index), {groups}, node_at(tape, instruction.output).shape,
                        instruction.span);
    renaming.add_node();
    renaming.replace(instruction.output, result);
    spreads.emplace(result, Spread{groups, index});
  }
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
