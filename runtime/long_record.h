#pragma once
#include <cstddef>

namespace vippl::runtime {

/// A loop that leaves so many operations or more is warned of: every gradient goes through them.
inline constexpr std::size_t many_operations = 20000;

}  // namespace vippl::runtime
