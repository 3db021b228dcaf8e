#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// What the language needs of Unicode. Text is UTF-8 throughout.

namespace vippl::lang {

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;  ///< in bytes; 1 for a byte that is not UTF-8
  bool is_valid = true;  ///< false: the byte stands for no character, and `value` is U+FFFD
};

/// The code point that begins at `offset`, which is below text.size().
CodePoint decode(std::string_view text, std::size_t offset);

/// A letter of any alphabet, or `_`.
bool is_name_start(char32_t character);

/// What may follow: letters and their marks, digits, `_` and subscript digits.
bool is_name_part(char32_t character);

/// Control characters other than tab and line ends, and the invisible ones that turn the direction
/// of the text, with which a script can be made to look like another one.
bool is_forbidden(char32_t character);

/// Columns that a terminal uses: 0 for marks, 2 for wide characters.
int display_width(char32_t character);

/// The normal form NFC, in which names are compared. Text that is not UTF-8 is returned as it is.
std::string normalized(std::string_view text);

}  // namespace vippl::lang
