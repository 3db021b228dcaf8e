#include "runtime/passes/density_uses.h"

#include "runtime/passes/tidy.h"

namespace vippl::runtime::passes {

std::vector<int> uses_in_density(const Tape& tape) {
  std::vector<bool> needed(tape.nodes.size(), false);
  const auto need = [&](NodeId id) {
    needed[static_cast<std::size_t>(id)] = true;
    const Node& node = node_at(tape, id);
    if (node.kind == Node::Kind::view) needed[static_cast<std::size_t>(node.base)] = true;
  };
  std::vector<int> uses(tape.nodes.size(), 0);
  const auto use = [&](NodeId id) {
    need(id);
    ++uses[static_cast<std::size_t>(id)];
    const Node& node = node_at(tape, id);
    if (node.kind == Node::Kind::view) ++uses[static_cast<std::size_t>(node.base)];
  };
  for (const LogTerm& term : tape.terms) {
    if (term.node != no_node) use(term.node);
  }
  for (const Guard& guard : tape.guards) use(guard.condition);
  for (auto instruction = tape.instructions.rbegin(); instruction != tape.instructions.rend();
       ++instruction) {
    if (!needed[static_cast<std::size_t>(instruction->output)]) continue;
    for (const NodeId input : instruction->inputs) use(input);
  }
  return uses;
}

}  // namespace vippl::runtime::passes
