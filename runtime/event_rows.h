#pragma once

#include <algorithm>
#include <cstddef>

/// How values and arguments of a distribution divide into rows, each an event: a number, a vector
/// or a matrix. `Sizes` is a lang::Shape or a list of extents; `rank` is the number of dimensions
/// of an event.
namespace vippl::runtime {

/// The dimensions before those of an event: the rows. Nothing if there are no more than `rank`.
template <class Sizes>
Sizes leading(const Sizes& sizes, std::size_t rank) {
  return Sizes(sizes.begin(),
               sizes.end() - static_cast<std::ptrdiff_t>(std::min(rank, sizes.size())));
}

/// The last dimensions, `rank` of them or all.
template <class Sizes>
Sizes trailing(const Sizes& sizes, std::size_t rank) {
  return Sizes(sizes.end() - static_cast<std::ptrdiff_t>(std::min(rank, sizes.size())),
               sizes.end());
}

/// What an argument with these sizes gives one event of its distribution. A scalar where a vector
/// is asked for is repeated over the `event` of the value.
template <class Sizes>
Sizes argument_event(const Sizes& sizes, std::size_t rank, const Sizes& event) {
  return sizes.size() < rank ? event : trailing(sizes, rank);
}

/// The sizes of such an event for each of the rows.
template <class Sizes>
Sizes for_rows(Sizes rows, const Sizes& event) {
  rows.insert(rows.end(), event.begin(), event.end());
  return rows;
}

}  // namespace vippl::runtime
