#pragma once
#include <cstddef>

namespace vippl::runtime {

/// Of elements and extents; the type that Eigen uses, named here so that interfaces need no Eigen.
using Index = std::ptrdiff_t;

}  // namespace vippl::runtime
