#pragma once
#include <cstdint>
#include <span>

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

}  // namespace vippl::runtime::passes
