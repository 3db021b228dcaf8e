// The examples of `vippl explain`: each wrong script gives the diagnostic that it stands for, each
// right one does not, and is right.
#include "lang/explanations.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "lang/check.h"
#include "lang/parse.h"
#include "runtime/data.h"
#include "runtime/model.h"
#include "stdlib/registry.h"
#include "tests/models/script_file.h"

namespace vippl::test {
namespace {

/// Data of all kinds, so that what is missing is noticed while the script is bound. Examples that
/// depend on values have data of their own.
bool needs_data(const std::string& script) { return script.find("data ") != script.npos; }

lang::Diagnostics diagnose(std::string_view script, std::string_view data) {
  const lang::Sources sources = {lang::SourceText("example.vi", std::string(script) + "\n")};
  const lang::ParseResult parsed = lang::parse(sources[0]);
  lang::Diagnostics said = parsed.diagnostics;
  if (lang::has_errors(said)) return said;
  runtime::DataSet files;
  if (data.starts_with("{")) {
    files.add(runtime::parse_json(data, "d.json"));
  } else if (!data.empty()) {
    files.add(runtime::parse_csv(data, "d.csv"));
  }
  const lang::Diagnostics checked = lang::check(parsed.script, sources, stdlib::registry(),
                                                {.names = files.names(), .known = !data.empty()});
  said.insert(said.end(), checked.begin(), checked.end());
  if (lang::has_errors(said) || (data.empty() && needs_data(std::string(script)))) return said;
  try {
    runtime::make_model(parsed.script, sources, files, stdlib::registry(), {}, said);
  } catch (const lang::ModelError& failure) {
    said.push_back(failure.diagnostic());
  }
  return said;
}

bool says(const lang::Diagnostics& said, std::string_view code) {
  return std::ranges::find(said, code, &lang::Diagnostic::code) != said.end();
}

/// Codes whose example is not one script: what brings them about instead.
const std::set<std::string> without_example = {
    "bad-utf8", "control-character", "not-text",
    "too-large",  // no text to be shown
    "too-deep",   // a script of many lines
    "import-cycle", "import-outside-folder", "import-statement",
    "import-unreadable",  // other files
    "two-sources", "missing-level",
    // tables of more than one kind
    "unknown-setting", "wrong-setting",
    "wrong-point",  // the command line
    "batch-cuts-nothing", "batch-generate", "batch-latent", "batch-loop", "batch-mixes-rows",
    "batch-size",
    "unknown-plate",  // --batch
    "not-simulated",  // vippl sbc
    "discrete-latent", "not-available",
    "not-supported",  // of this version only
    "sample-in-function", "shape-by-branch",
    "latent-setting",                         // found earlier in most scripts
    "branch-on-state", "unsolved-equation"};  // needs an equation of its own

TEST_CASE("explanations: each example gives its diagnostic, and is put right") {
  for (const lang::Explanation& each : lang::explanations()) {
    CAPTURE(each.code);
    CHECK(each.wrong.empty() == without_example.contains(std::string(each.code)));
    if (each.wrong.empty() || each.code == "no-data") continue;
    if (each.code == "endless-loop") continue;  // it takes long; tests/scripts/bad has one
    CHECK(says(diagnose(each.wrong, each.data), each.code));
    const lang::Diagnostics right =
        diagnose(each.right, each.right_data.empty() ? each.data : each.right_data);
    CHECK_FALSE(says(right, each.code));
    for (const lang::Diagnostic& diagnostic : right) {
      if (diagnostic.severity == lang::Severity::error) FAIL_CHECK(diagnostic.message);
    }
  }
}

/// The codes that comments of these scripts announce.
std::set<std::string> announced(const std::filesystem::path& folder) {
  std::set<std::string> codes;
  for (const std::filesystem::path& path : script_paths(folder)) {
    for (const std::string& line : read_script(path).diagnostics) {
      const std::size_t begin = line.find(' ') + 1;
      codes.insert(line.substr(begin, line.find(' ', begin) - begin));
    }
  }
  return codes;
}

TEST_CASE("explanations: every code has a bad script, or an example that is run") {
  std::set<std::string> codes;
  const auto scripts = std::filesystem::path(VIPPL_SOURCE_DIR) / "tests/scripts";
  for (const char* folder : {"bad", "warned", "good"}) codes.merge(announced(scripts / folder));
  /// Those that no script can show, and where they are tested.
  const std::set<std::string> elsewhere = {
      "not-text",                                            // tests/lang/recovery_test.cpp
      "too-large",                                           // a text of 2 GB
      "unknown-setting",    "wrong-setting",     "no-data",  // tests/models/data_binding_test.cpp
      "wrong-point",                                         // tests/models/interpreter_test.cpp
      "batch-cuts-nothing", "batch-generate",    "batch-latent",
      "batch-loop",         "batch-mixes-rows",  "batch-size",
      "unknown-plate",  // tests/models/minibatch_test.cpp
      "not-simulated",  // tests/lang/simulation_test.cpp
      "not-available",      "not-supported",     "sample-in-function",
      "shape-by-branch",
      "latent-setting",  // a second line of defence: the check refuses such scripts before
      "bad-utf8",           "control-character",  // tests/lang/recovery_test.cpp
      "unsolved-equation",  "branch-on-state"};   // tests of ode
  for (const lang::Explanation& each : lang::explanations()) {
    CAPTURE(each.code);
    const std::string code(each.code);
    CHECK((codes.contains(code) || elsewhere.contains(code)));
  }
}

}  // namespace
}  // namespace vippl::test
