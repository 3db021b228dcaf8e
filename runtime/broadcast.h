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

  Index operator[](Index i) const {
    if (kind == Kind::full) return i;
    return kind == Kind::scalar ? 0 : index[static_cast<std::size_t>(i)];
  }
};

/// Aligned at the last dimensions; missing leading dimensions and extents 1 stretch.
Broadcast make_broadcast(std::span<const Index> extents, std::span<const Index> full);

/// Number of elements of an array of these extents.
Index element_count(std::span<const Index> extents);

}  // namespace vippl::runtime
