#include "tests/support/check_script.h"

#include <fmt/format.h>

#include "lang/parse.h"
#include "tests/support/test_signatures.h"

namespace vippl::tests {

lang::Diagnostics check_script(const std::string& script, const lang::DataFacts& data) {
  const lang::Sources sources = {lang::SourceText("test.vi", script)};
  lang::ParseResult parsed = lang::parse(sources[0]);
  lang::Diagnostics all = parsed.diagnostics;
  lang::Diagnostics found = lang::check(parsed.script, sources, test_signatures(), data);
  all.insert(all.end(), found.begin(), found.end());
  return all;
}

std::string check_text(const std::string& script, const lang::DataFacts& data) {
  const lang::SourceText source("test.vi", script);
  std::string result;
  for (const lang::Diagnostic& diagnostic : check_script(script, data)) {
    const lang::Position at = source.position(diagnostic.span.begin);
    const bool warning = diagnostic.severity == lang::Severity::warning;
    result += fmt::format("{}{}:{} {}{}", result.empty() ? "" : "\n", at.line, at.column,
                          diagnostic.code, warning ? " warning" : "");
  }
  return result;
}

}  // namespace vippl::tests
