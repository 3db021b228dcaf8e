#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "lang/ast.h"
#include "lang/diagnostic.h"

namespace vippl::lang {

/// The value of a number as the scanner takes it in, which may be no number: `0x1F`, `3x`, `1.`.
/// Then an error is added.
ast::Number read_number(std::string_view text, Span span, Diagnostics& diagnostics);

/// The value of a string, quotes taken off and escapes resolved. `span` is that of the text with
/// its quotes.
std::string read_string(std::string_view text, Span span, Diagnostics& diagnostics);

}  // namespace vippl::lang
