#include <fmt/format.h>

#include <cstdio>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/fit_options.h"
#include "cli/load.h"
#include "cli/passes_option.h"

namespace vippl::cli {
namespace {

ExitCode run(std::span<const std::string> texts) {
  ModelArguments arguments;
  std::string batch;
  std::string passes;
  ArgumentParser parser("prints the program that is recorded from a model and its data",
                        "vippl tape");
  add_model_arguments(parser, arguments, Presence::required);
  parser.add_option("--batch", batch, "rows of a plate per step, such as n=256",
                    {.value = "PLATE=ROWS"});
  add_passes_option(parser, passes);
  if (parse_arguments(parser, texts, &arguments) == Parsed::printed_help) return ExitCode::success;

  runtime::ModelOptions options;
  options.set = parse_settings(arguments.set);
  if (!batch.empty()) options.batch = parse_batch(batch);
  options.passes = parse_passes(passes);
  const LoadedModel loaded = load_model(arguments.model, arguments.data, options);
  const auto print = [&](std::string_view title, runtime::Model::Stage stage) {
    const std::string text = fmt::format("# {}\n{}", title, loaded.model->listing(stage));
    std::fwrite(text.data(), 1, text.size(), stdout);
  };
  print("as recorded", runtime::Model::Stage::recorded);
  print("as it runs", runtime::Model::Stage::optimised);
  return ExitCode::success;
}

}  // namespace

const Command tape_command = {"tape", "print the recorded program", &run};

}  // namespace vippl::cli
