#include <algorithm>
#include <map>
#include <tuple>

#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"

namespace vippl::runtime::passes {

namespace {

bool is_constant(const Tape& tape, NodeId id) {
  return node_at(tape, id).kind == Node::Kind::constant;
}

void make_constant(const Instruction& instruction, Tape& tape) {
  std::vector<Operand> operands;
  for (const NodeId id : instruction.inputs) {
    const Node& node = node_at(tape, id);
    operands.push_back(
        {node.elements ? node.elements->data() : &node.scalar, nullptr, node.size, true});
  }
  Node& output = tape.nodes[static_cast<std::size_t>(instruction.output)];
  auto elements = std::make_shared<Elements>(static_cast<std::size_t>(output.size));
  std::vector<double> scratch(static_cast<std::size_t>(instruction.operation->scratch_size(1)));
  instruction.operation->forward(Frame{}, operands, elements->data(), scratch.data());
  output.kind = Node::Kind::constant;
  if (output.shape.empty()) {
    output.scalar = elements->front();
  } else {
    output.elements = std::move(elements);
  }
}

// Keeps one fixed term per statement.
void add_fixed_terms(std::vector<LogTerm>& terms) {
  std::map<std::tuple<LogTerm::Kind, bool, std::uint32_t, std::uint32_t, std::uint32_t>,
           std::size_t>
      places;
  std::size_t kept = 0;
  for (LogTerm& term : terms) {
    if (term.node == no_node) {
      const lang::Span& at = term.statement;
      const auto [place, is_new] =
          places.try_emplace({term.kind, term.over_rows, at.source, at.begin, at.end}, kept);
      if (!is_new) {
        terms[place->second].value += term.value;
        continue;
      }
    }
    terms[kept++] = term;
  }
  terms.resize(kept);
}

}  // namespace

Tape fold_constants(Tape tape) {
  // What is read per lane after a replay stays on the tape.
  std::vector<bool> is_read(tape.nodes.size(), false);
  for (const Guard& guard : tape.guards) is_read[static_cast<std::size_t>(guard.condition)] = true;
  for (const NodeId node : tape.reported) is_read[static_cast<std::size_t>(node)] = true;
  for (const Node& node : tape.nodes) {
    if (node.kind == Node::Kind::view) is_read[static_cast<std::size_t>(node.base)] = true;
  }
  for (const Instruction& instruction : tape.instructions) {
    if (is_read[static_cast<std::size_t>(instruction.output)]) continue;
    if (instruction.operation->is_random()) continue;
    const bool is_fixed = std::ranges::all_of(
        instruction.inputs, [&tape](NodeId input) { return is_constant(tape, input); });
    if (is_fixed) make_constant(instruction, tape);
  }
  for (LogTerm& term : tape.terms) {
    if (term.node == no_node || !is_constant(tape, term.node)) continue;
    const Node& node = node_at(tape, term.node);
    term.value = node.elements ? node.elements->front() : node.scalar;
    term.node = no_node;
  }
  add_fixed_terms(tape.terms);
  return drop_unused(std::move(tape));
}

}  // namespace vippl::runtime::passes
