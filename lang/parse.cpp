#include "lang/parse.h"

#include <algorithm>
#include <limits>

#include "lang/build_ast.h"
#include "lang/characters.h"
#include "lang/grammar.h"
#include "lang/line_ends.h"

namespace vippl::lang {

ParseResult parse(const SourceText& text, std::uint32_t source, Dialect dialect) {
  ParseResult result;
  if (text.text().size() >= std::numeric_limits<std::uint32_t>::max() / 2) {
    result.diagnostics.push_back(
        error("too-large", {0, 0, source}, "the script is larger than 2 GB"));
    return result;
  }
  if (is_binary(text.text())) {
    result.diagnostics.push_back(error("not-text", {0, 0, source}, "this is not a text file",
                                       "a script is UTF-8 text; is this the right file?"));
    return result;
  }
  SettledText settled = settle_line_ends(text.text(), source);
  result.diagnostics = std::move(settled.diagnostics);
  if (settled.is_too_deep) return result;
  const std::vector<syntax::Statement> statements =
      read_statements(settled.text, source, result.diagnostics);
  result.script = build_ast(statements, settled.text, source, dialect, result.diagnostics);
  std::stable_sort(
      result.diagnostics.begin(), result.diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return result;
}

bool wants_more(std::string_view text) { return settle_line_ends(text, 0).wants_more; }

}  // namespace vippl::lang
