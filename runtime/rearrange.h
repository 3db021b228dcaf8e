#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/operation.h"

// Operations that move elements and change none: subscripts, slices, transposes, stacks, and the
// sum.

namespace vippl::runtime {

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

/// The index of a gather that swaps the last two dimensions.
std::vector<std::int32_t> transpose_index(std::span<const Index> extents);

}  // namespace vippl::runtime
