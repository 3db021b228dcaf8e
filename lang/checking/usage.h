#pragma once
#include <string>

#include "lang/ast.h"
#include "lang/diagnostic.h"

namespace vippl::lang::checking {

/// Whether an expression mentions this value.
bool uses(const ast::Expression& expression, const std::string& name);

/// Whether every path through a body ends with a `return`.
bool returns(const ast::Block& block);

/// The warnings `unused-data`, `unused-name` and `unused-latent` of a script without errors. Names
/// are told apart by their text only, so that a name used anywhere counts as used.
Diagnostics find_unused(const ast::Script& script);

}  // namespace vippl::lang::checking
