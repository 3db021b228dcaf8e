#include "lang/literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace vippl::lang {
namespace {

constexpr double too_large_int = 9007199254740992.0;  // 2^53: from here on a double has gaps

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits that may be grouped by single `_` between them.
std::size_t digits_end(std::string_view text, std::size_t begin) {
  std::size_t i = begin;
  while (i < text.size() &&
         (is_digit(text[i]) || (text[i] == '_' && i > begin && text[i - 1] != '_')))
    ++i;
  return i > begin && text[i - 1] == '_' ? i - 1 : i;
}

std::string what_is_wrong(std::string_view text, std::size_t good) {
  const std::string_view rest = text.substr(good);
  const std::string_view number = text.substr(0, good);
  if (text.size() > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    return "numbers are decimal: write `31`, not `0x1F`";
  }
  if (rest == ".")
    return fmt::format("digits stand on both sides of the point: write `{}.0`", number);
  if (rest.starts_with('.')) return "a number has one point, with digits on both sides";
  if (rest.starts_with('_')) return "`_` stands between two digits, as in `1_000_000`";
  if (rest == "e" || rest == "E")
    return fmt::format("an exponent has digits: write `{}e3`", number);
  return fmt::format("a name does not begin with a digit, and a product is written `{} * {}`",
                     number, rest);
}

}  // namespace

ast::Number read_number(std::string_view text, Span span, Diagnostics& diagnostics) {
  std::size_t end = digits_end(text, 0);
  bool is_int = true;
  if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
    end = digits_end(text, end + 1);
    is_int = false;
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    const std::size_t sign =
        end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-') ? 1 : 0;
    const std::size_t exponent_end = digits_end(text, end + 1 + sign);
    if (exponent_end > end + 1 + sign) {
      end = exponent_end;
      is_int = false;
    }
  }
  if (end < text.size()) {
    diagnostics.push_back(error("bad-number", span, fmt::format("`{}` is not a number", text),
                                what_is_wrong(text, end)));
    return {};
  }
  std::string digits(text);
  std::erase(digits, '_');
  double value = 0;
  const std::from_chars_result result =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // from_chars says the same of both ends of the range; too small is 0, to within rounding.
  if (result.ec == std::errc::result_out_of_range)
    value = digits.find("e-") == digits.npos && digits.find("E-") == digits.npos ? HUGE_VAL : 0.0;
  if (std::isinf(value)) {
    diagnostics.push_back(error("number-too-large", span,
                                fmt::format("`{}` is larger than any real", text),
                                "infinity is written `infinity()`"));
    return {};
  }
  if (is_int && value >= too_large_int) {
    diagnostics.push_back(
        error("number-too-large", span, fmt::format("`{}` is too large for an int", text),
              "ints are less than 2^53; a real is written with a point or an exponent, `1e20`"));
    return {};
  }
  return {value, is_int};
}

std::string read_string(std::string_view text, Span span, Diagnostics& diagnostics) {
  std::string value;
  for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      value += text[i];
      continue;
    }
    ++i;
    if (text[i] == 'n') {
      value += '\n';
    } else if (text[i] == '"' || text[i] == '\\') {
      value += text[i];
    } else {
      const auto begin = span.begin + static_cast<std::uint32_t>(i) - 1;
      diagnostics.push_back(error("bad-escape", {begin, begin + 2, span.source},
                                  "`\\` is followed by `\"`, `\\` or `n` in a string",
                                  "a backslash itself is written `\\\\`"));
    }
  }
  return value;
}

}  // namespace vippl::lang
