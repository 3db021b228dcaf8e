#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/operation.h"

// Operations that move elements and change none: subscripts, slices, transposes, stacks, and the
// sum.

namespace vippl::runtime {

/// An operation whose result holds elements of its inputs, and nothing else.
class Rearrangement : public Operation {
 public:
  struct Source {
    std::uint32_t input = 0;
    Index element = 0;
  };
  /// Where each element of the result comes from, in order.
  virtual void sources(std::vector<Source>& sources) const = 0;
};

/// out[i] = x[first + i]
std::shared_ptr<const Operation> make_slice(Index first, Index count);

/// out[i] = x[index[i]], from 0.
std::shared_ptr<const Operation> make_gather(std::vector<std::int32_t> index);

/// out[i] = x[index[i]], from 0, where the index is a second, fixed input: for subscripts by data
/// that minibatches cut.
std::shared_ptr<const Operation> make_gather_by_input(Index count);

/// A run of elements of one input: its elements [from, from + count) stand next in the result.
struct Piece {
  std::uint32_t input = 0;
  Index from = 0;
  Index count = 1;
};
/// The pieces one after the other.
std::shared_ptr<const Operation> make_assemble(std::vector<Piece> pieces);

/// The sum of all elements.
std::shared_ptr<const Operation> make_sum();

bool is_sum(const Operation& operation);

/// An array seen as outer x count x inner elements.
struct SumExtents {
  Index outer = 1;
  Index count = 1;
  Index inner = 1;
};
/// The sums along the dimension in the middle.
std::shared_ptr<const Operation> make_axis_sums(const SumExtents& extents);
/// Of an operation that is one of those sums; null for another.
const SumExtents* axis_sums(const Operation& operation);

/// The index of a gather that swaps the last two dimensions.
std::vector<std::int32_t> transpose_index(std::span<const Index> extents);

}  // namespace vippl::runtime
