#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "lang/diagnostic.h"
#include "lang/parse.h"
#include "lang/syntax.h"

namespace vippl::lang {

/// Turns what the grammar read into the tree; statements that could not be read are left out.
/// `text` is the settled text, into which the tokens point.
ast::Script build_ast(const std::vector<syntax::Statement>& statements, std::string_view text,
                      std::uint32_t source, Dialect dialect, Diagnostics& diagnostics);

}  // namespace vippl::lang
