#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "lang/diagnostic.h"
#include "lang/syntax.h"

namespace vippl::lang {

/// Reads a text whose line ends are settled. Each statement that cannot be read adds one
/// diagnostic, unless one of `diagnostics` already lies in it and explains it; its `end` is then
/// null. The tokens point into `text`.
std::vector<syntax::Statement> read_statements(std::string_view text, std::uint32_t source,
                                               Diagnostics& diagnostics);

}  // namespace vippl::lang
