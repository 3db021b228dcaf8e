#pragma once
#include <array>
#include <cstddef>

#include "runtime/simd/engine.h"

namespace vippl::runtime {

/// What the log density of Student's t has of its degrees of freedom alone, and its derivative, for
/// up to eight points.
class DegreesOfFreedom {
 public:
  /// `df`: one number per lane, or one for all. Nothing is computed where they are those of the
  /// call before.
  void set(const simd::Strided& df, std::size_t lanes, bool wants_slopes);
  double constant(std::size_t lane) const { return constants_[lane]; }
  double slope(std::size_t lane) const { return slopes_[lane]; }

 private:
  static constexpr std::size_t most_lanes = 8;
  std::size_t lanes_ = 0;  // that are known
  bool has_slopes_ = false;
  std::array<double, most_lanes> df_;
  std::array<double, most_lanes> constants_;
  std::array<double, most_lanes> slopes_;
};

}  // namespace vippl::runtime
