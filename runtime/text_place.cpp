#include "runtime/text_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/data.h"

namespace vippl::runtime {

TextPlace place_in(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  TextPlace place;
  std::size_t line_begin = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    // A carriage return alone ends a line too, as files of old Macs have it.
    const bool ends_line =
        before[i] == '\n' || (before[i] == '\r' && i + 1 < text.size() && text[i + 1] != '\n');
    if (!ends_line) continue;
    ++place.line;
    line_begin = i + 1;
  }
  for (const char byte : before.substr(line_begin)) {
    if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) ++place.column;
  }
  return place;
}

void fail_at(const std::string& name, std::string_view text, std::size_t offset,
             const std::string& message) {
  const TextPlace place = place_in(text, offset);
  throw DataError(fmt::format("{}:{}:{}: {}", name, place.line, place.column, message));
}

std::string_view checked_text(std::string_view text, const std::string& name) {
  struct Magic {
    std::string_view bytes;
    const char* message;
  };
  using namespace std::string_view_literals;
  static constexpr std::array<Magic, 5> foreign = {{
      {"\xFF\xFE"sv, "the text is UTF-16; save it as UTF-8"},
      {"\xFE\xFF"sv, "the text is UTF-16; save it as UTF-8"},
      {"\x1F\x8B"sv, "the file is compressed (gzip); decompress it first"},
      {"\x28\xB5\x2F\xFD"sv, "the file is compressed (zstd); decompress it first"},
      {"PK\x03\x04"sv, "the file is a zip archive or a spreadsheet; save it as CSV"},
  }};
  for (const Magic& magic : foreign) {
    if (text.starts_with(magic.bytes)) {
      throw DataError(fmt::format("{}: {}", name, magic.message));
    }
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    fail_at(name, text, nul, "a NUL byte: this is not a text file; expected CSV or JSON");
  }
  if (text.starts_with("\xEF\xBB\xBF"sv)) text.remove_prefix(3);
  return text;
}

}  // namespace vippl::runtime
