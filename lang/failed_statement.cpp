#include "lang/failed_statement.h"

#include <fmt/format.h>

namespace vippl::lang {

FailedStatement::FailedStatement(const SyntaxFailure& failure)
    : failure_(failure), last_(failure.text.data() + failure.text.size()) {
  const char* here = skip_blanks(failure.statement, last_);
  while (here < failure.where) {
    const Token token = scan(here, last_);
    if (before_ == 0) first_ = token;
    if (before_ == 1) second_ = token;
    previous_ = token;
    ++before_;
    here = skip_blanks(token.last, last_);
  }
  found_ = scan(failure.where, last_);
  if (before_ == 0) first_ = found_;
  if (before_ == 1) second_ = found_;
  const bool is_last = found_.kind == TokenKind::text_end;
  next_ = is_last ? found_ : scan(skip_blanks(found_.last, last_), last_);
}

std::string_view FailedStatement::keyword() const {
  return first_.kind == TokenKind::reserved ? first_.text() : std::string_view();
}

bool FailedStatement::wants_expression() const {
  if (expects("an expression") || before_ == 0) return true;
  const std::string_view text = previous_.text();
  const bool is_opening = text == "(" || text == "[" || text == ",";
  return is_opening && (expects("`)`") || expects("`]`") || expects("a subscript"));
}

bool FailedStatement::is_found_at_line_end() const {
  return found_.kind == TokenKind::line_end || found_.kind == TokenKind::text_end;
}

bool FailedStatement::has_brace_ahead() const {
  Token token = found_;
  while (token.kind != TokenKind::line_end && token.kind != TokenKind::text_end) {
    if (token.text() == "{") return true;
    token = scan(skip_blanks(token.last, last_), last_);
  }
  return false;
}

Span FailedStatement::span(const char* first, const char* last) const {
  const char* begin = failure_.text.data();
  return {static_cast<std::uint32_t>(first - begin), static_cast<std::uint32_t>(last - begin),
          failure_.source};
}

Span FailedStatement::span() const {
  if (is_found_at_line_end() && before_ > 0) return span(previous_.last, previous_.last);
  return span(found_.first, found_.last);
}

std::string_view FailedStatement::rest(const char* from) const {
  return {from, static_cast<std::size_t>(last_ - from)};
}

Token FailedStatement::token_from(const char* from) const {
  return scan(skip_blanks(from, last_), last_);
}

std::string FailedStatement::line_from(const char* from) const {
  const auto ends = [](const Token& token) {
    return token.kind == TokenKind::line_end || token.kind == TokenKind::text_end ||
           token.text() == "}";
  };
  const Token first = token_from(from);
  if (ends(first)) return "...";
  Token last = first;
  for (Token token = first; !ends(token); token = after(token)) last = token;
  return between(first, last);
}

std::string FailedStatement::between(const Token& from, const Token& to) const {
  constexpr std::size_t longest = 60;
  const std::string_view whole(from.first, static_cast<std::size_t>(to.last - from.first));
  if (whole.size() > longest || whole.find('\n') != std::string_view::npos)
    return fmt::format("{} ...", from.text());
  return std::string(whole);
}

std::string in_words(const Token& token) {
  constexpr std::size_t longest = 40;
  switch (token.kind) {
    case TokenKind::text_end:
      return "the end of the script";
    case TokenKind::line_end:
      return *token.first == ';' ? "`;`" : "the end of the line";
    case TokenKind::reserved:
      return fmt::format("the reserved word `{}`", token.text());
    case TokenKind::string:
      return token.text().size() <= longest ? std::string(token.text()) : "a string";
    case TokenKind::name:
    case TokenKind::number:
    case TokenKind::symbol:
    case TokenKind::unknown:
      break;
  }
  if (token.text().size() <= longest) return fmt::format("`{}`", token.text());
  return token.kind == TokenKind::number ? "a long number" : "a long name";
}

}  // namespace vippl::lang
