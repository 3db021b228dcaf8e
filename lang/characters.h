#pragma once
#include <cstdint>
#include <string>

#include "lang/diagnostic.h"

namespace vippl::lang {

/// Turns what is not text into blanks: bytes that are not UTF-8, control characters, a byte order
/// mark at the start. Gives a diagnostic for each line that has such (none for the mark, which is
/// harmless).
Diagnostics blank_bad_characters(std::string& text, std::uint32_t source);

}  // namespace vippl::lang
