#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/operation.h"

namespace vippl::runtime {

/// How the elements of an array stand under the elements of the shape that it is broadcast to.
struct Broadcast {
  enum class Kind {
    full,    ///< element i under element i
    scalar,  ///< the only element under all
    indexed  ///< element index[i] under element i
  };
  Kind kind = Kind::full;
  std::vector<std::int32_t> index;
  /// Of an index that runs over all elements in order, again and again: how many there are; else 0.
  Index cycle = 0;

  Index operator[](Index i) const {
    if (kind == Kind::full) return i;
    return kind == Kind::scalar ? 0 : index[static_cast<std::size_t>(i)];
  }
};

/// Aligned at the last dimensions; missing leading dimensions and extents 1 stretch.
Broadcast make_broadcast(std::span<const Index> extents, std::span<const Index> full);

/// How the inputs of `count` runs, one behind the other (or one for all runs: shared), stand under
/// their results, which stand one behind the other. In one run `broadcast` puts `own_size` elements
/// under `size`.
Broadcast repeat(const Broadcast& broadcast, Index own_size, Index size, Index count, bool shared);

/// Appends numbers that tell broadcasts apart.
void add_fingerprint(const Broadcast& broadcast, std::vector<std::uint64_t>& numbers);

/// Number of elements of an array of these extents.
Index element_count(std::span<const Index> extents);

}  // namespace vippl::runtime
