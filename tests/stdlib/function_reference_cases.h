#pragma once
#include <string_view>
#include <vector>

#include "tests/support/function_call.h"

namespace vippl::testing {

/// A call and what an independent source makes of it.
struct ReferenceCase {
  std::string_view name;
  std::vector<Array> arguments;
  std::vector<double> expected;
};

const std::vector<ReferenceCase>& reference_cases();

}  // namespace vippl::testing
