#include "cli/sbc.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "cli/load.h"
#include "cli/number_text.h"
#include "cli/sparkline.h"

namespace vippl::cli {
namespace {

struct SbcArguments {
  ModelArguments model;
  FitOptions fit;
  std::int64_t replicates = 100;
  std::string format = "table";
  bool shows_all = false;
  bool is_quiet = false;
  bool is_strict = false;
};

constexpr std::int64_t least_replicates = 10;
constexpr std::int64_t most_replicates = 100'000;
/// Longer lists show what is flagged only.
constexpr std::size_t longest_list = 40;

void add_flags(ArgumentParser& parser, SbcArguments& arguments) {
  add_model_arguments(parser, arguments.model, Presence::required);
  parser.add_option("--replicates,-n", arguments.replicates,
                    "how often latents and data are drawn and fitted (default 100)",
                    {.value = "N"});
  add_fit_options(parser, arguments.fit);
  add_format_option(parser, arguments.format);
  parser.add_flag("--all", arguments.shows_all, "every scalar in the table");
  parser.add_flag("--quiet,-q", arguments.is_quiet, "nothing on stderr but errors");
  parser.add_flag("--strict", arguments.is_strict, "exit status 4 if some ranks are not uniform");
}

void check(const SbcArguments& arguments) {
  const auto fail = [](const std::string& message) {
    throw Failure(ExitCode::usage, "vippl: " + message + "\n");
  };
  if (arguments.replicates < least_replicates || arguments.replicates > most_replicates) {
    fail(fmt::format("--replicates {}: expected a number from {} to {}", arguments.replicates,
                     least_replicates, most_replicates));
  }
  if (!arguments.fit.batch.empty()) fail("--batch: SBC fits all rows: leave it out");
}

std::string row_text(const Sbc::Scalar& scalar, std::size_t name_width, const Terminal& terminal) {
  const std::vector<double> counts(scalar.histogram.counts.begin(), scalar.histogram.counts.end());
  return fmt::format("{}{}  {}  {:>8}  {:>8}{}\n", scalar.label,
                     std::string(name_width - std::min(name_width, text_width(scalar.label)), ' '),
                     sparkline(counts, 0, terminal), general(scalar.histogram.chi_square, 3),
                     general(scalar.histogram.p_value, 2),
                     scalar.is_flagged ? "  " + departure_words(scalar.histogram) : "");
}

std::string rows_text(const Sbc& sbc, const Terminal& terminal, bool shows_all) {
  const bool is_cut = !shows_all && sbc.scalars.size() > longest_list;
  std::size_t name_width = 0;
  for (const Sbc::Scalar& scalar : sbc.scalars)
    name_width = std::max(name_width, text_width(scalar.label));
  std::string text = in_bold(fmt::format("{:{}}  {:{}}  {:>8}  {:>8}", "", name_width, "ranks",
                                         std::max<std::int64_t>(sbc.bins, 5), "chi2", "p"),
                             terminal);
  text += '\n';
  std::size_t left_out = 0;
  for (const Sbc::Scalar& scalar : sbc.scalars) {
    if (is_cut && !scalar.is_flagged) {
      ++left_out;
    } else {
      text += row_text(scalar, name_width, terminal);
    }
  }
  if (left_out > 0)
    text +=
        fmt::format("{} {} scalars with uniform ranks (--all)\n", terminal.ellipsis(), left_out);
  return text;
}

std::string table_text(const Sbc& sbc, const SbcArguments& arguments, const Terminal& terminal) {
  std::string text = rows_text(sbc, terminal, arguments.shows_all);
  text += fmt::format("\nfitted    {} replicates with --guide {} in {:.1f} s, seed {}\n",
                      sbc.replicates, arguments.fit.guide, sbc.seconds, arguments.fit.seed);
  text += fmt::format("ranks     of the truth among {} draws of each posterior, in {} bins\n",
                      sbc.draws, sbc.bins);
  if (sbc.failed > 0) {
    text +=
        fmt::format("failed    {} replicates, the first so:\n{}", sbc.failed, sbc.first_failure);
  }
  if (sbc.uncorrected > 0) {
    text += fmt::format("note      in {} fits nothing could correct the guide (see k-hat)\n",
                        sbc.uncorrected);
  }
  const std::int64_t flagged = sbc.flagged();
  if (flagged == 0) {
    text += fmt::format("result    nothing speaks against uniform ranks of {} scalar{}\n",
                        sbc.scalars.size(), sbc.scalars.size() == 1 ? "" : "s");
  } else {
    text += fmt::format(
        "result    {}: ranks of {} of {} scalars are not uniform (5 % level over all)\n",
        in_red("not calibrated", terminal), flagged, sbc.scalars.size());
  }
  return text;
}

std::string json_text(const Sbc& sbc, const SbcArguments& arguments) {
  nlohmann::ordered_json json;
  json["model"] = arguments.model.model;
  json["data"] = arguments.model.data;
  json["guide_request"] = arguments.fit.guide;
  json["seed"] = arguments.fit.seed;
  json["replicates"] = sbc.replicates;
  json["failed"] = sbc.failed;
  json["first_failure"] = sbc.first_failure;
  json["uncorrected"] = sbc.uncorrected;
  json["draws"] = sbc.draws;
  json["bins"] = sbc.bins;
  json["flagged"] = sbc.flagged();
  json["seconds"] = sbc.seconds;
  auto& scalars = json["scalars"] = nlohmann::ordered_json::object();
  for (const Sbc::Scalar& scalar : sbc.scalars) {
    scalars[scalar.name] = {{"counts", scalar.histogram.counts},
                            {"ranks", scalar.ranks},
                            {"chi_square", scalar.histogram.chi_square},
                            {"p_value", scalar.histogram.p_value},
                            {"slant", scalar.histogram.slant},
                            {"hollow", scalar.histogram.hollow},
                            {"flagged", scalar.is_flagged}};
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

ExitCode run(std::span<const std::string> texts) {
  SbcArguments arguments;
  ArgumentParser parser(
      "draws latents from the prior and data from the model, fits them, and tells whether the "
      "true values\nlie among the draws of their posteriors as they should: simulation-based "
      "calibration",
      "vippl sbc");
  add_flags(parser, arguments);
  if (parse_arguments(parser, texts, &arguments.model) == Parsed::printed_help) {
    return ExitCode::success;
  }
  check(arguments);
  const FitPlan plan = plan_fit(arguments.fit);
  runtime::ModelOptions options;
  options.set = parse_settings(arguments.model.set);
  options.seed = plan.settings.seed;
  const LoadedModel loaded = load_model(arguments.model.model, arguments.model.data, options);
  Sbc sbc;
  {
    ProgressLine progress(terminal_of(STDERR_FILENO),
                          arguments.is_quiet ? Verbosity::quiet : Verbosity::normal);
    sbc = run_sbc(loaded, plan, options, arguments.replicates, progress);
  }
  const std::string output = arguments.format == "json"
                                 ? json_text(sbc, arguments)
                                 : table_text(sbc, arguments, terminal_of(STDOUT_FILENO));
  std::fwrite(output.data(), 1, output.size(), stdout);
  if (sbc.is_interrupted) return ExitCode::interrupted;
  return arguments.is_strict && sbc.flagged() > 0 ? ExitCode::quality : ExitCode::success;
}

}  // namespace

const Command sbc_command = {"sbc", "check a model's fits on data simulated from it", &run};

}  // namespace vippl::cli
