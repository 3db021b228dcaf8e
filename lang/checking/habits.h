#pragma once
#include "lang/ast.h"
#include "lang/diagnostic.h"

namespace vippl::lang::checking {

/// Warnings of a script without errors that follow from how it is written: `unordered-mixture`,
/// `numeric-category`, `unbounded-index`, `loop-statistic`, `lookalike-name`. Bodies of functions
/// and models are not read: their names may hide those of the script.
Diagnostics find_habits(const ast::Script& script);

}  // namespace vippl::lang::checking
