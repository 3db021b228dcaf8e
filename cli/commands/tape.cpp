#include <cstdio>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/fit_options.h"
#include "cli/load.h"

namespace vippl::cli {
namespace {

ExitCode run(std::span<const std::string> texts) {
  ModelArguments arguments;
  std::string batch;
  CLI::App app("prints the program that is recorded from a model and its data", "vippl tape");
  add_model_arguments(app, arguments, Presence::required);
  app.add_option("--batch", batch, "rows of a plate per step, such as n=256")
      ->type_name("PLATE=ROWS");
  if (parse_arguments(app, texts, &arguments) == Parsed::printed_help) return ExitCode::success;

  runtime::ModelOptions options;
  options.set = parse_settings(arguments.set);
  if (!batch.empty()) options.batch = parse_batch(batch);
  const LoadedModel loaded = load_model(arguments.model, arguments.data, options);
  const std::string listing = loaded.model->listing();
  std::fwrite(listing.data(), 1, listing.size(), stdout);
  return ExitCode::success;
}

}  // namespace

const Command tape_command = {"tape", "print the recorded program", &run};

}  // namespace vippl::cli
