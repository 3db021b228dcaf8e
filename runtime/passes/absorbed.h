#pragma once
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "runtime/instruction_block.h"
#include "runtime/passes/elements.h"
#include "runtime/tape.h"

namespace vippl::runtime::passes {

/// The instructions that a faster one takes the place of: what it needs of the rest of the tape,
/// and the block that it falls back on.
class Absorbed {
 public:
  /// `uses`: as uses_in_density() counts them.
  Absorbed(const Tape& tape, const std::vector<int>& uses) : tape_(tape), uses_(uses) {}

  /// The instruction that makes `id` goes.
  void add(NodeId id) { members_.insert(id); }
  /// The number of an input of the new instruction.
  std::size_t add_input(NodeId id);
  /// What was added, the maker of `root` and what only moves numbers to them, as a block whose last
  /// result is `root`. Nothing where others need a result within, or the block cannot be made.
  std::optional<InstructionBlock> block(NodeId root);
  const std::vector<NodeId>& inputs() const { return inputs_; }

 private:
  void add_moves();
  std::vector<NodeId> in_order(NodeId root) const;

  const Tape& tape_;
  const std::vector<int>& uses_;
  std::set<NodeId> members_;  // results of the instructions that go
  std::vector<NodeId> inputs_;
  std::unordered_map<NodeId, std::size_t> places_;  // of the inputs
};

/// The instruction whose result a node is; null where it is none.
const Instruction* maker_of(const Tape& tape, NodeId id);

/// Makes one instruction of `root` and what it needs, and returns the node that takes the place of
/// its result; no_node where that cannot be. `map` and `uses` are those of the tape as it was.
using FuseAt = NodeId (*)(Tape& tape, const ElementMap& map, const std::vector<int>& uses,
                          const Instruction& root);

/// Calls `fuse` for every instruction whose operation may be a root.
Tape fuse_at_roots(Tape tape, bool (*may_be_root)(const Operation&), FuseAt fuse);

}  // namespace vippl::runtime::passes
