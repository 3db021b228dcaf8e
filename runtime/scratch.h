#pragma once
#include <memory>
#include <type_traits>

#include "runtime/index.h"

namespace vippl::runtime {

/// Hands out the scratch memory of an operation, piece by piece and in the same order every time.
/// Without memory it only counts, which tells how much is needed.
class Scratch {
 public:
  Scratch() = default;
  explicit Scratch(double* memory) : memory_(memory) {}

  bool only_counts() const { return memory_ == nullptr; }
  /// Null if there is no memory.
  double* doubles(Index count) {
    double* const piece = memory_ == nullptr ? nullptr : memory_ + used_;
    used_ += count;
    return piece;
  }
  /// New objects, not initialised; nothing ends their life.
  template <class T>
  T* objects(Index count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(double));
    constexpr auto unit = static_cast<Index>(sizeof(double));
    double* const piece = doubles((count * static_cast<Index>(sizeof(T)) + unit - 1) / unit);
    if (piece == nullptr) return nullptr;
    T* const first = reinterpret_cast<T*>(piece);
    std::uninitialized_default_construct_n(first, count);
    return first;
  }
  Index used() const { return used_; }

 private:
  double* memory_ = nullptr;
  Index used_ = 0;
};

}  // namespace vippl::runtime
