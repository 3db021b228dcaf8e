#pragma once
#include <functional>
#include <optional>
#include <string>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/signature.h"

namespace vippl::lang {

/// What is known of the data files when a script is checked; every member may be empty.
struct DataFacts {
  /// Names that `data` statements can be bound to, for "did you mean"; empty without data.
  std::vector<std::string> names;
  bool known = false;  ///< whether data were given at all
};

/// Reads a file named by `import`, relative to the importing source; nothing if it cannot be read.
using ReadImport =
    std::function<std::optional<SourceText>(const std::string& path, const SourceText& importer)>;

/// Replaces every `import` by the statements of its file (each file once, parsed, its sources
/// appended), in place. Diagnostics: a file that cannot be read, a cycle, a path that leaves the
/// folder, a statement that may not stand there.
Diagnostics expand_imports(ast::Script& script, Sources& sources, const ReadImport& read);

/// Checks a whole script before anything runs: names, arities, types, symbolic shapes, supports of
/// arguments, where statements may stand, and constructs that this version does not evaluate.
/// Returns errors and warnings in the order of the text; sizes that only data can tell are taken to
/// fit.
Diagnostics check(const ast::Script& script, const Sources& sources, const SignatureTable& table,
                  const DataFacts& data = {});

}  // namespace vippl::lang
