#include "runtime/broadcast.h"

#include <limits>

#include "lang/diagnostic.h"

namespace vippl::runtime {

namespace {

Index cycle_of(const std::vector<std::int32_t>& index) {
  std::size_t cycle = 0;
  while (cycle < index.size() && index[cycle] == static_cast<std::int32_t>(cycle)) ++cycle;
  for (std::size_t i = cycle; i < index.size(); ++i) {
    if (index[i] != index[i - cycle]) return 0;
  }
  return static_cast<Index>(cycle);
}

}  // namespace

Index element_count(std::span<const Index> extents) {
  Index count = 1;
  for (const Index extent : extents) count *= extent;
  return count;
}

Broadcast make_broadcast(std::span<const Index> extents, std::span<const Index> full) {
  VIPPL_ASSERT(extents.size() <= full.size(), "an array is broadcast to at least its own rank");
  const Index size = element_count(extents);
  const Index full_size = element_count(full);
  if (size == full_size) return {Broadcast::Kind::full, {}};
  if (size == 1) return {Broadcast::Kind::scalar, {}};
  VIPPL_ASSERT(size <= std::numeric_limits<std::int32_t>::max(),
               "an array has fewer than 2^31 elements");

  const std::size_t lead = full.size() - extents.size();
  std::vector<Index> strides(full.size(), 0);  // 0 where the array is stretched
  Index stride = 1;
  for (std::size_t d = extents.size(); d-- > 0;) {
    VIPPL_ASSERT(extents[d] == 1 || extents[d] == full[lead + d], "the shapes broadcast");
    if (extents[d] != 1) strides[lead + d] = stride;
    stride *= extents[d];
  }

  Broadcast result{Broadcast::Kind::indexed,
                   std::vector<std::int32_t>(static_cast<std::size_t>(full_size))};
  std::vector<Index> place(full.size(), 0);
  Index element = 0;
  for (std::int32_t& entry : result.index) {
    entry = static_cast<std::int32_t>(element);
    for (std::size_t d = full.size(); d-- > 0;) {
      element += strides[d];
      if (++place[d] < full[d]) break;
      element -= strides[d] * full[d];
      place[d] = 0;
    }
  }
  result.cycle = cycle_of(result.index);
  return result;
}

Broadcast repeat(const Broadcast& broadcast, Index own_size, Index size, Index count, bool shared) {
  if (shared && own_size == 1) return {Broadcast::Kind::scalar, {}};
  if (!shared && own_size == size && broadcast.kind != Broadcast::Kind::indexed)
    return {Broadcast::Kind::full, {}};
  Broadcast result{Broadcast::Kind::indexed, {}};
  result.index.reserve(static_cast<std::size_t>(count * size));
  for (Index run = 0; run < count; ++run) {
    const Index first = shared ? 0 : run * own_size;
    for (Index i = 0; i < size; ++i)
      result.index.push_back(static_cast<std::int32_t>(first + broadcast[i]));
  }
  result.cycle = cycle_of(result.index);
  return result;
}

void add_fingerprint(const Broadcast& broadcast, std::vector<std::uint64_t>& numbers) {
  numbers.push_back(static_cast<std::uint64_t>(broadcast.kind));
  numbers.push_back(broadcast.index.size());
  for (const std::int32_t i : broadcast.index) numbers.push_back(static_cast<std::uint64_t>(i));
}

}  // namespace vippl::runtime
