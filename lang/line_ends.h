#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "lang/diagnostic.h"

namespace vippl::lang {

constexpr std::size_t deepest_nesting = 256;  ///< brackets, braces and choices inside each other

/// A script made ready for the grammar: of the same length, so that byte positions stay true, with
/// comments and the line ends that do not count turned into blanks, and without closing brackets
/// that close nothing.
struct SettledText {
  std::string text;
  Diagnostics diagnostics;   ///< of characters, strings, comments and brackets
  bool is_too_deep = false;  ///< the text must not be handed to the grammar
  bool wants_more = false;   ///< it ends inside a bracket or where a statement goes on
};

SettledText settle_line_ends(std::string_view text, std::uint32_t source);

}  // namespace vippl::lang
