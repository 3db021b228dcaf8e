#pragma once
#include <span>

#include "runtime/registry.h"

namespace vippl::stdlib {

/// The functions of one subject: what a file of stdlib/functions defines, under the name of the
/// file.
using FunctionTable = std::span<const runtime::Function>;

}  // namespace vippl::stdlib
