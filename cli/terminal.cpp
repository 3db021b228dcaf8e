#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <vector>

#include "lang/unicode.h"

namespace vippl::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::size_t width_of(int descriptor, bool is_terminal) {
  const std::string_view columns = variable("COLUMNS");
  std::size_t width = 0;
  if (std::from_chars(columns.data(), columns.data() + columns.size(), width).ec == std::errc() &&
      width > 0) {
    return width;
  }
  winsize size{};
  if (is_terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0) return size.ws_col;
  return 0;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = variable(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
  }
  return false;
}

struct Piece {
  std::string_view bytes;
  std::size_t width = 0;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  for (std::size_t at = 0; at < text.size();) {
    const lang::CodePoint point = lang::decode(text, at);
    pieces.push_back({text.substr(at, point.size),
                      static_cast<std::size_t>(std::max(0, lang::display_width(point.value)))});
    at += point.size;
  }
  return pieces;
}

std::string styled(std::string_view text, const char* style, const Terminal& terminal) {
  return terminal.has_colour ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : std::string(text);
}

}  // namespace

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  terminal.is_terminal = isatty(descriptor) == 1;
  terminal.has_utf8 = locale_is_utf8();
  terminal.width = width_of(descriptor, terminal.is_terminal);
  terminal.has_colour =
      terminal.is_terminal && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return terminal;
}

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  for (const Piece& piece : pieces_of(text)) width += piece.width;
  return width;
}

std::string shortened(std::string_view text, std::size_t width, std::string_view ellipsis) {
  if (text_width(text) <= width) return std::string(text);
  const std::size_t room = width - std::min(width, text_width(ellipsis));
  const std::vector<Piece> pieces = pieces_of(text);
  std::string head;
  std::string tail;
  std::size_t used = 0;
  std::size_t first = 0;
  for (; first < pieces.size() && used + pieces[first].width <= (room + 1) / 2; ++first) {
    head += pieces[first].bytes;
    used += pieces[first].width;
  }
  for (std::size_t last = pieces.size(); last > first && used + pieces[last - 1].width <= room;
       --last) {
    tail.insert(0, pieces[last - 1].bytes);
    used += pieces[last - 1].width;
  }
  return head + std::string(ellipsis) + tail;
}

std::string in_bold(std::string_view text, const Terminal& terminal) {
  return styled(text, "1", terminal);
}
std::string in_red(std::string_view text, const Terminal& terminal) {
  return styled(text, "31", terminal);
}

}  // namespace vippl::cli
