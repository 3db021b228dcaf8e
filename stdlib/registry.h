#pragma once
#include "runtime/registry.h"

namespace vippl::stdlib {

/// Every distribution and function of the standard library.
const runtime::Registry& registry();

}  // namespace vippl::stdlib
