#pragma once
#include "lang/ast.h"
#include "lang/diagnostic.h"

namespace vippl::lang::checking {

/// The warning `lookalike-name`: two names of the script that differ only in letters of different
/// alphabets that look the same.
Diagnostics find_lookalikes(const ast::Script& script);

}  // namespace vippl::lang::checking
