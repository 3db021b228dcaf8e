#pragma once
#include <vector>

#include "runtime/tape.h"

namespace vippl::runtime::passes {

/// From node to node: each starts as itself, and a pass redirects those it replaces.
class Renaming {
 public:
  explicit Renaming(const Tape& tape);
  std::size_t size() const { return to_.size(); }
  void add_node() { to_.push_back(static_cast<NodeId>(to_.size())); }
  void replace(NodeId from, NodeId to) { to_[static_cast<std::size_t>(from)] = to; }
  /// Where a node has gone, through all replacements.
  NodeId operator[](NodeId id) const;

 private:
  std::vector<NodeId> to_;
};

/// Renames the uses of nodes, drops instructions and nodes that nothing needs, and puts the
/// instructions in an order in which they can run.
Tape tidy(Tape tape, const Renaming& renaming);

inline const Node& node_at(const Tape& tape, NodeId id) {
  return tape.nodes[static_cast<std::size_t>(id)];
}

/// The instruction whose result a node is, or null.
const Instruction* instruction_of(const Tape& tape, NodeId id);

/// Adds an instruction with a result of this shape.
NodeId add_instruction(Tape& tape, std::shared_ptr<const Operation> operation,
                       std::vector<NodeId> inputs, lang::Shape shape, lang::Span span);

}  // namespace vippl::runtime::passes
