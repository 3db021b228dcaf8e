#include "lang/token.h"

#include <algorithm>
#include <array>
#include <span>

#include "lang/unicode.h"

namespace vippl::lang {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view statement_words[] = {"data",  "derive", "factor", "fn",    "generate",
                                                "guide", "import", "let",    "model", "observe",
                                                "param", "return", "sample", "var",   "while"};
constexpr std::string_view other_words[] = {"and", "else", "false", "for",  "if",
                                            "in",  "not",  "or",    "then", "true"};
constexpr std::string_view long_symbols[] = {"..", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/="};
constexpr std::string_view short_symbols = "+-*/@^'<>=~:,.?()[]{}";
constexpr std::string_view operators[] = {
    "+", "-", "*", "/", "@", "^", "==", "!=", "<=", "<", ">=", ">", ".."};
constexpr std::string_view open_ends[] = {
    ",", "=", "~", ":", "+=", "-=", "*=", "/=", "then", "else", "and", "or", "not", "in"};
constexpr std::string_view open_beginnings[] = {"~", "=", "then", "else", "and", "or"};

bool contains(Words words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char* name_end(const char* first, const char* last) {
  const std::string_view text(first, static_cast<std::size_t>(last - first));
  std::size_t i = 0;
  while (i < text.size()) {
    const CodePoint point = decode(text, i);
    if (!point.is_valid || !is_name_part(point.value)) break;
    i += point.size;
  }
  return first + i;
}

/// Takes in whatever is glued to the digits, so that the message can show the whole of it. `1..5`
/// stops at the range.
const char* number_end(const char* first, const char* last) {
  const char* end = first;
  bool is_decimal = true;  // only digits, `_` and one point so far: an `e` then begins an exponent
  while (end != last) {
    const bool is_exponent = is_decimal && (*end == 'e' || *end == 'E') && last - end > 2 &&
                             (end[1] == '+' || end[1] == '-') && is_digit(end[2]);
    if (is_exponent) {
      end += 2;
      is_decimal = false;
    } else if (*end == '.') {
      if (last - end > 1 && end[1] == '.') break;
      ++end;
    } else if (is_digit(*end) || *end == '_') {
      ++end;
    } else {
      const char* next = name_end(end, last);
      if (next == end) break;
      is_decimal = false;
      end = next;
    }
  }
  return end;
}

const char* string_end(const char* first, const char* last) {
  for (const char* end = first + 1; end != last && *end != '\n'; ++end) {
    if (*end == '"') return end + 1;
    if (*end == '\\' && last - end > 1 && end[1] != '\n') ++end;
  }
  return std::find(first, last, '\n');
}

}  // namespace

Token scan(const char* first, const char* last) {
  if (first == last) return {TokenKind::text_end, first, first};
  const char c = *first;
  if (c == '\n' || c == ';') return {TokenKind::line_end, first, first + 1};
  if (c == '"') return {TokenKind::string, first, string_end(first, last)};
  if (is_digit(c)) return {TokenKind::number, first, number_end(first, last)};

  const std::string_view rest(first, static_cast<std::size_t>(last - first));
  const CodePoint point = decode(rest, 0);
  if (point.is_valid && is_name_start(point.value)) {
    const char* end = name_end(first, last);
    const std::string_view word(first, static_cast<std::size_t>(end - first));
    return {is_reserved(word) ? TokenKind::reserved : TokenKind::name, first, end};
  }
  for (const std::string_view symbol : long_symbols) {
    if (rest.starts_with(symbol)) return {TokenKind::symbol, first, first + symbol.size()};
  }
  if (short_symbols.find(c) != std::string_view::npos) return {TokenKind::symbol, first, first + 1};
  return {TokenKind::unknown, first, first + point.size};
}

const char* skip_blanks(const char* first, const char* last) {
  while (first != last && (*first == ' ' || *first == '\t' || *first == '\r')) ++first;
  return first;
}

bool is_reserved(std::string_view word) {
  return word.size() >= 2 && word.size() <= 8 &&
         (is_statement_word(word) || contains(other_words, word));
}

bool is_statement_word(std::string_view word) { return contains(statement_words, word); }

bool goes_on_after(const Token& token) {
  if (token.kind != TokenKind::symbol && token.kind != TokenKind::reserved) return false;
  return contains(operators, token.text()) || contains(open_ends, token.text());
}

bool goes_on_before(const Token& token) {
  if (token.kind != TokenKind::symbol && token.kind != TokenKind::reserved) return false;
  return contains(operators, token.text()) || contains(open_beginnings, token.text());
}

}  // namespace vippl::lang
