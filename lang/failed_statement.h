#pragma once
#include <string>
#include <string_view>

#include "lang/source.h"
#include "lang/syntax_error.h"
#include "lang/token.h"

namespace vippl::lang {

/// A statement that could not be read: the tokens around the place, for those who word the message.
/// Refers to the failure it was made from.
class FailedStatement {
 public:
  explicit FailedStatement(const SyntaxFailure& failure);

  const Token& first() const { return first_; }
  const Token& second() const { return second_; }
  const Token& previous() const { return previous_; }  ///< before the one that does not fit
  const Token& found() const { return found_; }        ///< the one that does not fit
  const Token& next() const { return next_; }
  std::size_t count_before() const { return before_; }  ///< tokens before the one that does not fit
  /// The reserved word with which the statement begins; empty if it begins with something else.
  std::string_view keyword() const;

  std::string_view expected() const { return failure_.expected; }
  bool expects(std::string_view what) const { return failure_.expected == what; }
  /// An expression may begin here: nothing stands before, or something that asks for one.
  bool wants_expression() const;

  bool is_found_at_line_end() const;
  /// Nothing stands between the token that does not fit and the one before: together they may be
  /// one symbol.
  bool is_found_adjacent() const { return before_ > 0 && previous_.last == found_.first; }
  /// A `{` stands in the rest of the line.
  bool has_brace_ahead() const;

  Span span(const char* first, const char* last) const;
  /// Of the token that does not fit; the place just behind the one before if the line ends too
  /// early.
  Span span() const;
  std::string_view rest(const char* from) const;
  /// The token at this place, or behind the blanks that stand there.
  Token token_from(const char* from) const;
  Token after(const Token& token) const { return token_from(token.last); }
  /// Source text from here to the end of the statement, shortened if it is long, for a hint.
  std::string line_from(const char* from) const;
  /// Source text from one token to the end of another, shortened if it is long, for a hint.
  std::string between(const Token& from, const Token& to) const;

 private:
  const SyntaxFailure& failure_;
  const char* last_;
  std::size_t before_ = 0;
  Token first_;
  Token second_;
  Token previous_;
  Token found_;
  Token next_;
};

/// What a message calls the token: its text in backticks, or what it is.
std::string in_words(const Token& token);

}  // namespace vippl::lang
