#pragma once
#include <array>
#include <cstddef>

#include "runtime/elementwise_operation.h"
#include "runtime/operation.h"
#include "runtime/simd/engine.h"
#include "runtime/special.h"

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

/// values[i] -= f(x[i], y[i]), where the same numbers come in a row: the lanes of one row of data.
template <class F>
void subtract_of_data(std::size_t count, const runtime::KernelArgument& x,
                      const runtime::KernelArgument& y, double* values, F f) {
  double term = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == 0 || x[i] != x[i - 1] || y[i] != y[i - 1]) term = f(x[i], y[i]);
    values[i] -= term;
  }
}

/// The kernel of a density of counts, whose factorial the engine leaves out.
template <std::size_t count_of_arguments>
bool run_count_density(runtime::simd::Density density, std::size_t count,
                       const runtime::KernelArgument* arguments, double* values,
                       double* const* partials) {
  run_density<count_of_arguments>(density, count, arguments, values, partials);
  subtract_of_data(count, arguments[0], arguments[0], values,
                   [](double y, double) { return runtime::log_factorial(y); });
  return true;
}

}  // namespace vippl::stdlib
