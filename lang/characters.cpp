#include "lang/characters.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/unicode.h"

namespace vippl::lang {
namespace {

constexpr std::size_t most_reports = 20;
// What is judged of a file, and the share of bad characters that makes it something else. Prose in
// an old eight-bit encoding has fewer.
constexpr std::size_t judged_bytes = 4096;
constexpr std::size_t one_in = 5;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

Diagnostic describe(const CodePoint& point, unsigned char byte, Span span) {
  if (!point.is_valid) {
    return error("bad-utf8", span, fmt::format("byte 0x{:02X} is not valid UTF-8", byte),
                 "save the script as UTF-8");
  }
  if (point.value == '\r') {
    return error("control-character", span, "a carriage return stands without a line feed",
                 "save the script with line ends LF or CRLF");
  }
  return error("control-character", span,
               fmt::format("the invisible character U+{:04X} stands in the script",
                           std::uint32_t{point.value}),
               "delete it");
}

}  // namespace

Diagnostics blank_bad_characters(std::string& text, std::uint32_t source) {
  Diagnostics diagnostics;
  bool is_reported = false;  // on this line
  std::size_t i = 0;
  if (text.starts_with(byte_order_mark)) {
    text.replace(0, byte_order_mark.size(), byte_order_mark.size(), ' ');
    i = byte_order_mark.size();
  }
  while (i < text.size()) {
    const CodePoint point = decode(text, i);
    if (point.value == '\n') is_reported = false;
    const bool is_lone_return = point.value == '\r' && i + 1 < text.size() && text[i + 1] != '\n';
    if (!point.is_valid || is_forbidden(point.value) || is_lone_return) {
      const Span span{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + point.size),
                      source};
      if (!is_reported && diagnostics.size() < most_reports) {
        diagnostics.push_back(describe(point, static_cast<unsigned char>(text[i]), span));
      }
      is_reported = true;
      text.replace(i, point.size, point.size, ' ');
    }
    i += point.size;
  }
  return diagnostics;
}

bool is_binary(std::string_view bytes) {
  if (bytes.find('\0') != std::string_view::npos) return true;
  const std::size_t end = std::min(bytes.size(), judged_bytes);
  std::size_t characters = 0;
  std::size_t bad = 0;
  for (std::size_t i = 0; i < end; ++characters) {
    const CodePoint point = decode(bytes, i);
    if (!point.is_valid || is_forbidden(point.value)) ++bad;
    i += point.size;
  }
  return bad >= most_reports && bad * one_in > characters;
}

}  // namespace vippl::lang
