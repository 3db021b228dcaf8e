#pragma once
#include <functional>

namespace vippl::runtime {

/// Runs `body` on a stack large enough for a script that recurses as deeply as the language allows,
/// and waits for it. What it throws is thrown here.
void run_on_deep_stack(const std::function<void()>& body);

/// Inside run_on_deep_stack(): whether so little of the stack is left that recursion must end.
bool is_deep_stack_used_up();

}  // namespace vippl::runtime
