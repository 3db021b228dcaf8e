#include <algorithm>
#include <bit>
#include <typeinfo>

#include "runtime/passes/hash.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"

namespace vippl::runtime::passes {

namespace {

using Numbers = std::vector<std::uint64_t>;

std::span<const double> elements_of(const Node& node) {
  if (!node.elements) return {&node.scalar, 1};
  return *node.elements;
}

// What tells nodes apart that are no results.
bool same_node(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.size != b.size || a.offset != b.offset || a.base != b.base ||
      a.shape.empty() != b.shape.empty())
    return false;
  switch (a.kind) {
    case Node::Kind::input:
    case Node::Kind::view:
      return a.is_random == b.is_random;
    case Node::Kind::rows:
      return a.elements == b.elements && a.outer == b.outer && a.inner == b.inner;
    case Node::Kind::constant:
      // By bits: 0 and -0 differ, and a NaN is itself.
      return std::ranges::equal(
          elements_of(a), elements_of(b), {},
          [](double x) { return std::bit_cast<std::uint64_t>(x); },
          [](double x) { return std::bit_cast<std::uint64_t>(x); });
    case Node::Kind::result:
      break;
  }
  return false;
}

std::uint64_t hash_of_node(const Node& node) {
  std::uint64_t hash = mix(static_cast<std::uint64_t>(node.kind),
                           static_cast<std::uint64_t>(node.size) + (node.shape.empty() ? 1 : 0));
  hash = mix(hash, static_cast<std::uint64_t>(node.offset) ^
                       (static_cast<std::uint64_t>(node.base) << 32U));
  if (node.kind == Node::Kind::constant) {
    for (const double x : elements_of(node)) hash = mix(hash, std::bit_cast<std::uint64_t>(x));
  }
  return hash;
}

void share_nodes(const Tape& tape, Renaming& renaming) {
  HashIndex known(tape.nodes.size());
  for (std::size_t n = 0; n < tape.nodes.size(); ++n) {
    const Node& node = tape.nodes[n];
    if (node.kind == Node::Kind::result) continue;
    const auto id = static_cast<NodeId>(n);
    renaming.replace(id, known.find_or_add(hash_of_node(node), id, [&](NodeId other) {
      return same_node(node_at(tape, other), node);
    }));
  }
}

// The class of the operation, its parameters and its inputs; empty if it equals only itself.
void describe(const Instruction& instruction, Numbers& numbers) {
  numbers.clear();
  const Operation& operation = *instruction.operation;
  numbers.push_back(typeid(operation).hash_code());
  if (operation.is_random() || !operation.fingerprint(numbers)) return numbers.clear();
  for (const NodeId input : instruction.inputs)
    numbers.push_back(static_cast<std::uint64_t>(input));
}

}  // namespace

Tape share_results(Tape tape) {
  Renaming nodes(tape);
  share_nodes(tape, nodes);
  tape = tidy(std::move(tape), nodes);

  // Equal rows of data give equal densities. They stay apart: each is a term of its own, of which
  // loops make one sum.
  std::vector<bool> is_term(tape.nodes.size(), false);
  for (const LogTerm& term : tape.terms) {
    if (term.node != no_node) is_term[static_cast<std::size_t>(term.node)] = true;
  }
  Renaming results(tape);
  HashIndex known(tape.instructions.size());
  Numbers numbers;
  Numbers others;
  for (std::size_t i = 0; i < tape.instructions.size(); ++i) {
    Instruction& instruction = tape.instructions[i];
    for (NodeId& input : instruction.inputs) input = results[input];
    if (is_term[static_cast<std::size_t>(instruction.output)]) continue;
    describe(instruction, numbers);
    if (numbers.empty()) continue;
    const std::int32_t first =
        known.find_or_add(hash_of(numbers), static_cast<std::int32_t>(i), [&](std::int32_t other) {
          describe(tape.instructions[static_cast<std::size_t>(other)], others);
          return others == numbers;
        });
    results.replace(instruction.output, tape.instructions[static_cast<std::size_t>(first)].output);
  }
  return tidy(std::move(tape), results);
}

}  // namespace vippl::runtime::passes
