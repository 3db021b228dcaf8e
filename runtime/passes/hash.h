#pragma once
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace vippl::runtime::passes {

/// Mixes one number into a hash; the constants are those of splitmix64 (Steele, Lea & Flood 2014).
inline std::uint64_t mix(std::uint64_t hash, std::uint64_t number) {
  std::uint64_t x = hash + 0x9e3779b97f4a7c15ULL + number;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

inline std::uint64_t hash_of(std::span<const std::uint64_t> numbers) {
  std::uint64_t hash = numbers.size();
  for (const std::uint64_t number : numbers) hash = mix(hash, number);
  return hash;
}

/// Numbers of things under their hashes; things that are equal have one number. An open table with
/// linear probing: tapes of loops have millions of nodes.
class HashIndex {
 public:
  explicit HashIndex(std::size_t most) : slots_(std::bit_ceil(2 * most + 2)) {}

  /// The number of a thing with this hash for which `same(number)` holds; else `number`, which it
  /// has from now on.
  template <class Same>
  std::int32_t find_or_add(std::uint64_t hash, std::int32_t number, const Same& same) {
    const std::size_t mask = slots_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.number < 0) {
        slot = {number, tag};
        return number;
      }
      if (slot.tag == tag && same(slot.number)) return slot.number;
    }
  }

 private:
  struct Slot {
    std::int32_t number = -1;
    std::uint32_t tag = 0;
  };
  std::vector<Slot> slots_;
};

}  // namespace vippl::runtime::passes
