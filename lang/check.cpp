#include "lang/check.h"

#include <algorithm>
#include <tuple>

#include "lang/checking/checker.h"
#include "lang/checking/habits.h"
#include "lang/checking/usage.h"

namespace vippl::lang {

Diagnostics check(const ast::Script& script, const Sources& sources, const SignatureTable& table,
                  const DataFacts& data) {
  checking::Checker checker(table, data);
  checker.check_script(script);
  const bool wrong = checker.report().has_errors();
  Diagnostics diagnostics = checker.report().take();
  if (!wrong) {  // what stands in a wrong statement may be a use
    Diagnostics unused = checking::find_unused(script);
    diagnostics.insert(diagnostics.end(), unused.begin(), unused.end());
    Diagnostics habits = checking::find_habits(script);
    diagnostics.insert(diagnostics.end(), habits.begin(), habits.end());
  }
  checking::remove_allowed(diagnostics, sources);
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
    return std::tie(a.span.source, a.span.begin) < std::tie(b.span.source, b.span.begin);
  });
  return diagnostics;
}

}  // namespace vippl::lang
