#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/recorder.h"

namespace vippl::runtime {

/// An array that is being filled element by element: a `var`, or a latent sampled in a loop. Each
/// element remembers the node it came from, so that writing one costs no copy of the rest.
class ElementArray {
 public:
  explicit ElementArray(lang::Shape shape, lang::Element element = lang::Element::real);
  /// All elements from one value of the array's shape.
  explicit ElementArray(const Value& whole);

  const lang::Shape& shape() const { return shape_; }
  lang::Element element() const { return element_; }
  bool is_assigned(std::int32_t position) const {
    return refs_[static_cast<std::size_t>(position)].node != unassigned;
  }
  /// The first element without a value, in row-major order.
  std::optional<std::int32_t> first_unassigned() const;

  /// Element positions[i] becomes element i of `value`, or its only element.
  void assign(std::span<const std::int32_t> positions, const Value& value);

  /// The elements at `positions`, all assigned, as an array of `shape`.
  Value read(std::span<const std::int32_t> positions, lang::Shape shape, Recorder& recorder,
             lang::Span span) const;
  /// The whole array, all assigned.
  Value whole(Recorder& recorder, lang::Span span) const;

 private:
  static constexpr NodeId unassigned = -2;
  struct Ref {
    NodeId node = unassigned;  ///< no_node: a fixed element, in values_ only
    std::int32_t offset = 0;
  };
  lang::Shape shape_;
  lang::Element element_;
  std::vector<double> values_;
  std::vector<Ref> refs_;
  mutable std::optional<Value> cached_whole_;  // until the next assignment, or
  mutable std::size_t cached_at_ = 0;          // until the recorder goes back
};

}  // namespace vippl::runtime
