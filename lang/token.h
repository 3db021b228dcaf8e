#pragma once
#include <string_view>

// The smallest pieces of a script. The grammar, the pass over line ends and the wording of errors
// read the same tokens.

namespace vippl::lang {

enum class TokenKind {
  text_end,
  line_end,  ///< a newline, or `;`
  name,
  reserved,
  number,  ///< anything that begins with a digit, right or wrong: `3`, `1e-3`, `0x1F`, `3x`
  string,  ///< with its quotes; the closing one is absent if the line ends before it
  symbol,
  unknown  ///< a character that has no meaning
};

/// A piece of a text that outlives it.
struct Token {
  TokenKind kind = TokenKind::text_end;
  const char* first = nullptr;
  const char* last = nullptr;

  std::string_view text() const { return {first, static_cast<std::size_t>(last - first)}; }
};

/// The token that begins at `first`, where no blank stands. The longest symbol wins, so `==` is
/// never `=`.
Token scan(const char* first, const char* last);

/// Behind spaces, tabs and carriage returns. Newlines are tokens; comments are blanks by the time
/// this is used.
const char* skip_blanks(const char* first, const char* last);

bool is_reserved(std::string_view word);

/// Reserved words that begin a statement and can stand nowhere else (not `if` and `for`, which
/// expressions have too).
bool is_statement_word(std::string_view word);

/// Whether a statement whose line ends with this token goes on in the next one, and whether it does
/// when the next line begins with it.
bool goes_on_after(const Token& token);
bool goes_on_before(const Token& token);

}  // namespace vippl::lang
