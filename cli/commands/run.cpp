#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/draws_csv.h"
#include "cli/failure.h"
#include "cli/fit.h"
#include "cli/holdout.h"
#include "cli/interrupt.h"
#include "cli/load.h"
#include "cli/output_file.h"
#include "cli/summary_json.h"
#include "cli/summary_table.h"
#include "cli/trace_csv.h"

namespace vippl::cli {
namespace {

struct RunArguments {
  ModelArguments model;
  FitOptions fit;
  std::string format = "table";
  std::string holdout;
  std::string draws_csv;
  std::string trace;
  bool shows_all = false;
  bool replaces_files = false;
  bool is_quiet = false;
  bool is_strict = false;
};

void add_flags(ArgumentParser& parser, RunArguments& arguments) {
  add_model_arguments(parser, arguments.model, Presence::required);
  add_fit_options(parser, arguments.fit);
  add_format_option(parser, arguments.format);
  parser.add_option(
      "--holdout", arguments.holdout,
      "withhold this share of the rows, such as 0.2 or n=0.2, and score the fit on them",
      {.value = "[SIZE=]FRACTION"});
  parser.add_flag("--all", arguments.shows_all, "every element of long arrays in the table");
  parser.add_option("--draws-csv", arguments.draws_csv,
                    "write the draws, as R's posterior reads them", {.value = "FILE"});
  parser.add_option("--trace", arguments.trace,
                    "write the course of the fit, one line per iteration", {.value = "FILE"});
  parser.add_flag("--force", arguments.replaces_files, "replace existing files");
  parser.add_flag("--quiet,-q", arguments.is_quiet, "nothing on stderr but errors");
  parser.add_flag("--strict", arguments.is_strict,
                  "warnings are errors; exit status 4 if the fit is not trustworthy");
}

void write_draws(const FitReport& report, OutputFile& file) {
  write_draws_csv(inference::reported_draws(*report.posterior), report.quantities,
                  [&](std::string_view text) { file.write(text); });
  file.commit();
}

/// Opened before the fit, so that it does not run in vain.
std::optional<OutputFile> open_output(const std::string& path, const RunArguments& arguments) {
  if (path.empty()) return std::nullopt;
  std::vector<std::string> inputs = arguments.model.data;
  inputs.push_back(arguments.model.model);
  for (const std::string& input : inputs) {
    std::error_code is_absent;
    if (std::filesystem::is_regular_file(path, is_absent) &&
        std::filesystem::equivalent(path, input, is_absent)) {
      throw Failure(ExitCode::usage,
                    fmt::format("vippl: {}: an input of this run cannot be its output\n", path));
    }
  }
  return std::optional<OutputFile>(std::in_place, path,
                                   arguments.replaces_files ? Existing::replace : Existing::keep);
}

void refuse_one_file_for_two(const RunArguments& arguments) {
  if (arguments.trace.empty() || arguments.trace != arguments.draws_csv) return;
  throw Failure(
      ExitCode::usage,
      fmt::format("vippl: {}: --trace and --draws-csv need different files\n", arguments.trace));
}

std::optional<HoldoutRequest> holdout_request(const RunArguments& arguments) {
  if (arguments.holdout.empty()) return std::nullopt;
  if (!arguments.fit.batch.empty()) {
    throw Failure(ExitCode::usage,
                  "vippl: --holdout fits the rows that it keeps all at once: leave out --batch\n");
  }
  return parse_holdout(arguments.holdout);
}

void show_warnings(const lang::Diagnostics& warnings, const LoadedModel& loaded,
                   const RunArguments& arguments, ExitCode if_strict) {
  if (warnings.empty()) return;
  const std::string text = lang::render(warnings, loaded.program.sources);
  if (arguments.is_strict) throw Failure(if_strict, text);
  if (!arguments.is_quiet) std::fputs(text.c_str(), stderr);
}

std::vector<inference::SiteKl> compare_with_priors(const inference::Posterior& posterior,
                                                   const runtime::Model& model) {
  if (posterior.stop_reason == inference::StopReason::interrupted || posterior.chains) return {};
  const runtime::Points draws = inference::site_kl_draws(posterior);
  const runtime::SitePriors priors = model.site_priors(draws, posterior.seed);
  return inference::site_kl(*posterior.guide, draws, model.sites(), priors.log_density, priors.sd);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

ExitCode run(std::span<const std::string> texts) {
  RunArguments arguments;
  ArgumentParser parser("fits a model and prints its posterior", "vippl run");
  add_flags(parser, arguments);
  if (parse_arguments(parser, texts, &arguments.model) == Parsed::printed_help) {
    return ExitCode::success;
  }
  const auto begin = std::chrono::steady_clock::now();
  const FitPlan plan = plan_fit(arguments.fit);
  runtime::ModelOptions options;
  options.batch = plan.batch;
  options.set = parse_settings(arguments.model.set);
  options.seed = plan.settings.seed;
  refuse_one_file_for_two(arguments);
  const std::optional<HoldoutRequest> request = holdout_request(arguments);
  std::optional<OutputFile> draws_file = open_output(arguments.draws_csv, arguments);
  std::optional<OutputFile> trace_file = open_output(arguments.trace, arguments);

  LoadedModel loaded = load_model(arguments.model.model, arguments.model.data, options);
  show_warnings(loaded.program.warnings, loaded, arguments, ExitCode::model);
  const Verbosity verbosity = arguments.is_quiet ? Verbosity::quiet : Verbosity::normal;
  std::optional<Holdout> holdout;
  if (request) holdout.emplace(loaded, *request, options);
  // Withheld rows have no say in the coordinates either.
  const auto remake =
      [&](const runtime::ModelOptions& changed) -> std::unique_ptr<runtime::LogDensity> {
    if (holdout) return holdout->training_with(loaded, changed);
    return model_again(loaded, changed);
  };
  std::optional<InterruptGuard> guard(std::in_place);  // of the choice and the fit together
  const Coordinates coordinates =
      choose_coordinates(*loaded.model, plan, remake, verbosity, options);
  if (coordinates.differ) {
    loaded.model = model_again(loaded, options);
    if (request) holdout.emplace(loaded, *request, options);
  }
  FitReport report;
  report.load_seconds = seconds_since(begin) - coordinates.seconds;
  const inference::Posterior posterior = fit(holdout ? holdout->training() : *loaded.model, plan,
                                             coordinates, loaded.program.sources, verbosity);
  guard.reset();
  report.model = arguments.model.model;
  report.data_files = arguments.model.data;
  report.quantities = loaded.model->quantities();
  report.dimension = loaded.model->dimension();
  report.posterior = &posterior;
  report.latents = loaded.model->sites();
  report.noncentred = options.noncentred;
  report.summaries = with_rendered_errors(
      loaded.program.sources, [&] { return inference::summarise(posterior, *loaded.model); });
  report.frozen = loaded.model->frozen();
  report.sites = with_rendered_errors(
      loaded.program.sources, [&] { return compare_with_priors(posterior, *loaded.model); });
  if (holdout) report.holdout = holdout->score(posterior);
  report.total_seconds = seconds_since(begin);

  const std::string output =
      arguments.format == "json"
          ? summary_json(report)
          : summary_table(report, terminal_of(STDOUT_FILENO),
                          arguments.shows_all ? Length::all : Length::elided);
  std::fwrite(output.data(), 1, output.size(), stdout);
  std::fflush(stdout);  // before what --draws-csv /dev/stdout adds
  if (draws_file) write_draws(report, *draws_file);
  if (trace_file) {
    trace_file->write(trace_csv(posterior));
    trace_file->commit();
  }
  const lang::Diagnostics jitter = with_rendered_errors(
      loaded.program.sources, [&] { return loaded.model->jitter_warnings(posterior.draws); });
  show_warnings(jitter, loaded, arguments, ExitCode::quality);
  if (posterior.stop_reason == inference::StopReason::interrupted) return ExitCode::interrupted;
  if (arguments.is_strict && report.verdict().level == inference::Verdict::Level::not_trustworthy)
    return ExitCode::quality;
  return ExitCode::success;
}

}  // namespace

const Command run_command = {"run", "fit a model and print its posterior", &run};

}  // namespace vippl::cli
