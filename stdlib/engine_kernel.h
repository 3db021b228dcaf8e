#pragma once
#include <array>
#include <cstddef>

#include "runtime/elementwise_operation.h"
#include "runtime/operation.h"
#include "runtime/simd/engine.h"

// Kernels that are compiled for the processor at hand, as the kernels of the library's entries.

namespace vippl::stdlib {

/// A fast_kernel of any number of arguments.
template <std::size_t count_of_arguments>
bool run_density(runtime::simd::Density density, std::size_t count,
                 const runtime::KernelArgument* arguments, double* values,
                 double* const* partials) {
  std::array<runtime::simd::Argument, count_of_arguments> in;
  for (std::size_t k = 0; k < count_of_arguments; ++k)
    in[k] = {arguments[k].data, arguments[k].step};
  density(count, in.data(), values, partials);
  return true;
}

}  // namespace vippl::stdlib
