#pragma once
#include "runtime/operation.h"

// The scalar formulas of wrapped distributions, in terms of the log densities and log tail
// probabilities of what they wrap. Each is a ScalarKernel; its arguments are named in order.

namespace vippl::runtime {

/// log P(a < X <= b) from log P(X <= a), log P(X <= b), log P(X > a), log P(X > b): from whichever
/// tail is the shorter, so that no digits cancel.
void log_interval_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                         double* const* partials);

/// exp(x).
void exp_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                double* const* partials);

/// y, a, b, then the arguments of log_interval_kernel: minus its value for a <= y <= b, else
/// -infinity.
void truncation_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                       double* const* partials);

/// y, a, b, log density at y, log P(X <= a), log P(X >= b).
void censored_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                     double* const* partials);

/// y, p, log density at y.
void zero_inflated_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials);

/// y, p, log density at y, log density at 0.
void hurdle_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                   double* const* partials);

}  // namespace vippl::runtime
