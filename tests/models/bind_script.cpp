#include "tests/models/bind_script.h"

#include <doctest/doctest.h>

#include "lang/parse.h"
#include "stdlib/registry.h"

namespace vippl::test {

Outcome make(const std::string& script, const Given& given) {
  const lang::Sources sources = {lang::SourceText("script.vi", script)};
  const lang::ParseResult parsed = lang::parse(sources[0]);
  REQUIRE_FALSE(lang::has_errors(parsed.diagnostics));
  runtime::DataSet data;
  if (!given.csv.empty()) data.add(runtime::parse_csv(given.csv, "d.csv"));
  for (const auto& [name, text] : given.tables) data.add(runtime::parse_csv(text, name));
  if (!given.json.empty()) data.add(runtime::parse_json(given.json, "d.json"));
  Outcome outcome;
  try {
    outcome.model = runtime::make_model(parsed.script, sources, data, stdlib::registry(),
                                        given.options, outcome.warnings);
  } catch (const lang::ModelError& failure) {
    outcome.error = failure.diagnostic();
  }
  return outcome;
}

}  // namespace vippl::test
