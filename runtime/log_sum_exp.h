#pragma once
#include <memory>

#include "runtime/operation.h"
#include "runtime/rearrange.h"

namespace vippl::runtime {

/// The log of the sum of exp along the dimension in the middle, without overflow.
std::shared_ptr<const Operation> make_log_sum_exp(const SumExtents& extents);

/// Of an operation that is one of those; null for another.
const SumExtents* log_sum_exp_extents(const Operation& operation);

/// log(exp(a) + exp(b)) of two numbers.
std::shared_ptr<const Operation> make_log_add_exp();
bool is_log_add_exp(const Operation& operation);

}  // namespace vippl::runtime
