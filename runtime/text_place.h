#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace vippl::runtime {

/// Line and column (code points), both from 1, of a byte of `text`.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};
TextPlace place_in(std::string_view text, std::size_t offset);

/// Throws DataError "name:line:column: message".
[[noreturn]] void fail_at(const std::string& name, std::string_view text, std::size_t offset,
                          const std::string& message);

/// The text after a byte order mark; throws DataError for what cannot be text: NUL bytes, UTF-16,
/// compressed files.
std::string_view checked_text(std::string_view text, const std::string& name);

}  // namespace vippl::runtime
