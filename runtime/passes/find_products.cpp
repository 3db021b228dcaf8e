#include <array>

#include "runtime/contraction.h"
#include "runtime/operators.h"
#include "runtime/passes/density_uses.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"

namespace vippl::runtime::passes {

namespace {

/// A matrix of data and the latent vector that each of its rows is multiplied with.
struct Product {
  NodeId matrix = no_node;
  NodeId vector = no_node;
};

// Whether element k of the vector stands under number k of every row.
bool stands_under_rows(const Broadcast& broadcast, const SumExtents& extents) {
  if (broadcast.kind != Broadcast::Kind::indexed) return false;
  for (Index i = 0; i < extents.outer * extents.count; ++i) {
    if (broadcast[i] != i % extents.count) return false;
  }
  return true;
}

Product product_of(const Tape& tape, const Instruction& factors, const SumExtents& extents) {
  const auto* times = dynamic_cast<const BinaryOperation*>(factors.operation.get());
  if (times == nullptr || times->op() != lang::ast::BinaryOperator::multiply) return {};
  for (const std::size_t side : std::array<std::size_t, 2>{0, 1}) {
    const NodeId matrix = factors.inputs[side];
    const NodeId vector = factors.inputs[1 - side];
    if (node_at(tape, matrix).is_fixed() && !node_at(tape, vector).is_fixed() &&
        node_at(tape, vector).size == extents.count &&
        times->broadcast(side).kind == Broadcast::Kind::full &&
        stands_under_rows(times->broadcast(1 - side), extents))
      return {matrix, vector};
  }
  return {};
}

}  // namespace

Tape find_products(Tape tape) {
  const std::vector<int> uses = uses_in_density(tape);
  Renaming renaming(tape);
  const std::size_t count = tape.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Instruction sums = tape.instructions[i];
    const SumExtents* const extents = axis_sums(*sums.operation);
    if (extents == nullptr || extents->inner != 1) continue;
    const NodeId summed = sums.inputs[0];
    const Instruction* const factors = instruction_of(tape, summed);
    if (factors == nullptr || uses[static_cast<std::size_t>(summed)] != 1) continue;
    const auto [matrix, vector] = product_of(tape, *factors, *extents);
    if (matrix == no_node) continue;
    const std::array<Index, 2> rows = {extents->outer, extents->count};
    const lang::Shape shape = node_at(tape, sums.output).shape;
    const NodeId product = add_instruction(tape, make_contraction(rows, std::array{extents->count}),
                                           {matrix, vector}, shape, sums.span);
    renaming.add_node();
    renaming.replace(sums.output, product);
  }
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
