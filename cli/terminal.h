#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace vippl::cli {

/// What a stream can show.
struct Terminal {
  bool is_terminal = false;
  bool has_colour = false;
  bool has_utf8 = false;
  std::size_t width = 0;  ///< columns; 0: no limit

  std::string_view plus_minus() const { return has_utf8 ? "±" : "+-"; }
  std::string_view ellipsis() const { return has_utf8 ? "…" : "..."; }
};

/// Of a file descriptor, by isatty, COLUMNS, NO_COLOR, TERM and the locale's variables.
Terminal terminal_of(int descriptor);

/// Columns that the text uses on a terminal.
std::size_t text_width(std::string_view text);

/// The text cut in its middle to at most `width` columns.
std::string shortened(std::string_view text, std::size_t width, std::string_view ellipsis);

/// `text` in bold or red where the terminal has colour.
std::string in_bold(std::string_view text, const Terminal& terminal);
std::string in_red(std::string_view text, const Terminal& terminal);

}  // namespace vippl::cli
