#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "lang/diagnostic.h"

namespace vippl::lang {

/// Turns what is not text into blanks: bytes that are not UTF-8, control characters, a byte order
/// mark at the start. Gives a diagnostic for each line that has such (none for the mark, which is
/// harmless).
Diagnostics blank_bad_characters(std::string& text, std::uint32_t source);

/// Whether these are the bytes of something else, such as a program or an image: a NUL stands among
/// them, or much of their beginning is neither UTF-8 nor printable.
bool is_binary(std::string_view bytes);

}  // namespace vippl::lang
