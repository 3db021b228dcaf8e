#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/tape.h"

namespace vippl::runtime::passes {

/// One number of a tape: an element of a node that is no rearrangement of others.
struct Element {
  NodeId root = no_node;  ///< `coordinates`: element `at` of z
  std::int32_t at = 0;
  friend bool operator==(const Element&, const Element&) = default;
};
inline constexpr NodeId coordinates = -2;

/// Which number each element of each node is, seen through views, subscripts and stacks.
class ElementMap {
 public:
  explicit ElementMap(const Tape& tape);

  Element operator()(NodeId node, Index i) const;
  void append(NodeId node, std::vector<Element>& elements) const;
  /// From now on the elements of `node`, the result of an instruction, are those of `root` from
  /// `at` on.
  void redirect(NodeId node, NodeId root, Index at);
  void add_node(const Tape& tape);

 private:
  struct Run {
    NodeId root = no_node;  // no_node: in lists_[at]
    std::int32_t at = 0;
  };
  const Tape& tape_;
  std::vector<Run> runs_;  // per node
  std::vector<std::vector<Element>> lists_;
};

/// A node that holds these numbers in this order: one that is there, a view, a subscript of one
/// node, or a stack of several.
NodeId gather_elements(Tape& tape, std::span<const Element> elements, lang::Shape shape,
                       lang::Span span);

/// Whether the elements follow each other in one root.
bool is_run(std::span<const Element> elements);

}  // namespace vippl::runtime::passes
