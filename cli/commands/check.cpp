#include <fmt/format.h>

#include <cstdio>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "cli/load.h"
#include "cli/model_card.h"

namespace vippl::cli {
namespace {

ExitCode run(std::span<const std::string> texts) {
  ModelArguments arguments;
  bool is_strict = false;
  ArgumentParser parser("finds errors without fitting; with --data also those of the data",
                        "vippl check");
  add_model_arguments(parser, arguments, Presence::required);
  parser.add_flag("--strict", is_strict, "warnings are errors");
  if (parse_arguments(parser, texts, &arguments) == Parsed::printed_help) return ExitCode::success;

  runtime::ModelOptions options;
  options.set = parse_settings(arguments.set);
  LoadedModel loaded;
  if (arguments.data.empty() && options.set.empty()) {
    loaded.program = load_script(arguments.model, {});
  } else {
    loaded = load_model(arguments.model, arguments.data, options);
  }
  const lang::Diagnostics& warnings = loaded.program.warnings;
  if (!warnings.empty()) {
    const std::string text = lang::render(warnings, loaded.program.sources);
    std::fputs(text.c_str(), stderr);
    if (is_strict) {
      fmt::print(stderr, "{} warning{}, which --strict makes errors\n", warnings.size(),
                 warnings.size() == 1 ? "" : "s");
      return ExitCode::model;
    }
  }
  fmt::print("{}: no errors{}\n", arguments.model,
             warnings.empty()
                 ? ""
                 : fmt::format(", {} warning{}", warnings.size(), warnings.size() == 1 ? "" : "s"));
  if (loaded.model) fmt::print("{}", model_card(*loaded.model));
  return ExitCode::success;
}

}  // namespace

const Command check_command = {"check", "find errors without fitting", &run};

}  // namespace vippl::cli
