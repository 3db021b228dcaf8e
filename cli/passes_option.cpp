#include "cli/passes_option.h"

#include <fmt/format.h>

#include <optional>

#include "cli/failure.h"

namespace vippl::cli {

namespace {

std::string names_of_passes() {
  std::string names;
  for (const runtime::Pass& pass : runtime::all_passes())
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", pass.name, pass.summary);
  return names;
}

}  // namespace

void add_passes_option(ArgumentParser& parser, std::string& text) {
  text = "all";
  parser.add_option("--passes", text,
                    "which optimisations run, for looking into one: all, none, or with commas "
                    "between them: " +
                        names_of_passes(),
                    {.value = "NAMES"});
}

runtime::PassSet parse_passes(const std::string& text) {
  const std::optional<runtime::PassSet> passes = runtime::PassSet::from_text(text);
  if (passes) return *passes;
  throw Failure(ExitCode::usage,
                fmt::format("vippl: --passes {}: there is no such pass; there are all, none, {}\n",
                            text, names_of_passes()));
}

}  // namespace vippl::cli
