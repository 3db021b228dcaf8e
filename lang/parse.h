#pragma once
#include "lang/ast.h"
#include "lang/diagnostic.h"

namespace vippl::lang {

struct ParseResult {
  ast::Script script;  ///< every statement that could be read, also when others could not
  Diagnostics
      diagnostics;  ///< in the order of the text; the script may run only if none is an error
};

/// Which statements may stand at top level: the REPL also takes a bare expression, which it prints.
enum class Dialect { script, repl };

/// Reads one source text. `source` is its index in Sources, put into every span. Never throws on
/// bad input: a statement that cannot be read gives one diagnostic and reading goes on with the
/// next. Nesting deeper than 256 is refused.
ParseResult parse(const SourceText& text, std::uint32_t source = 0,
                  Dialect dialect = Dialect::script);

/// Whether the REPL should read another line: a bracket or brace is open, or the last line ends
/// with an operator, a comma or a word that asks for more.
bool wants_more(std::string_view text);

}  // namespace vippl::lang
