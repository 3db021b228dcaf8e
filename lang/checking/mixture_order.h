#pragma once
#include "lang/ast.h"
#include "lang/diagnostic.h"

namespace vippl::lang::checking {

/// The warning `unordered-mixture`: components of one mixture whose parameters are latents of one
/// prior without an `ordered` type. Only what is certain from the text is reported.
Diagnostics find_unordered_mixtures(const ast::Script& script);

}  // namespace vippl::lang::checking
