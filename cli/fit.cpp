#include "cli/fit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "cli/failure.h"
#include "cli/interrupt.h"
#include "inference/centring.h"
#include "inference/evaluator.h"

namespace vippl::cli {
namespace {

/// Before anything is spent.
inference::Budget budget_of(const FitPlan& plan, double nominal_seconds) {
  if (!plan.algorithm->has("budget")) return {};
  return {plan.algorithm->value(plan.settings, "budget"), nominal_seconds, 0};
}

}  // namespace

std::string failure_text(const inference::FitError& error) {
  std::string text = fmt::format("vippl: no fit could be made: {}\n", error.what());
  if (!error.trace().empty()) text += fmt::format("  {}\n", error.trace());
  // What is not finite comes first, else in the order of the script.
  std::vector<runtime::Term> terms = error.terms();
  std::stable_partition(terms.begin(), terms.end(),
                        [](const runtime::Term& term) { return !std::isfinite(term.value); });
  constexpr std::size_t most_terms = 12;
  if (!terms.empty()) text += "  what each statement adds to the log density there:\n";
  for (std::size_t i = 0; i < std::min(terms.size(), most_terms); ++i) {
    const double value = terms[i].value;
    const std::string shown = std::isnan(value) ? "NaN" : fmt::format("{:.6g}", value);
    text += fmt::format("    {:>12}  {}: {}\n", shown, terms[i].place, terms[i].statement);
  }
  if (terms.size() > most_terms)
    text += fmt::format("    and {} more\n", terms.size() - most_terms);
  return text;
}

inference::Posterior fit(const runtime::LogDensity& model, const FitPlan& plan,
                         const Coordinates& coordinates, const lang::Sources& sources,
                         Verbosity verbosity) {
  if (model.dimension() == 0) {
    throw Failure(ExitCode::model,
                  "vippl: the script has no latents: nothing is left to fit without a `sample`\n");
  }
  const inference::ThreadLimit limit(plan.threads);
  const InterruptGuard guard;
  ProgressLine progress(terminal_of(STDERR_FILENO), verbosity);
  inference::Settings settings = plan.settings;
  settings.gradient_seconds = coordinates.nominal_seconds;
  settings.gradients_before = coordinates.gradient_evaluations;
  try {
    inference::Posterior posterior = with_rendered_errors(
        sources, [&] { return plan.algorithm->run(model, settings, progress); });
    posterior.gradient_evaluations += coordinates.gradient_evaluations;
    posterior.density_evaluations += coordinates.density_evaluations;
    posterior.seconds.start += coordinates.seconds;
    if (coordinates.are_cut_short)
      posterior.notes.push_back("the budget ended the choice of coordinates before all were tried");
    return posterior;
  } catch (const inference::FitError& error) {
    throw Failure(ExitCode::inference, failure_text(error));
  } catch (const std::invalid_argument& error) {
    throw Failure(ExitCode::usage, fmt::format("vippl: {}\n", error.what()));
  }
}

Coordinates choose_coordinates(const runtime::Model& model, const FitPlan& plan,
                               const MakeModel& make, Verbosity verbosity,
                               runtime::ModelOptions& options) {
  const std::vector<std::string>& names = model.scaled_latents();
  const double nominal = model.nominal_seconds();
  if (plan.centring == Centring::as_written || names.empty()) return {.nominal_seconds = nominal};
  const auto with = [&](const std::vector<bool>& noncentred) {
    runtime::ModelOptions changed = options;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (noncentred[i]) changed.noncentred.insert(names[i]);
    return changed;
  };
  if (plan.centring == Centring::noncentred) {
    options = with(std::vector<bool>(names.size(), true));
    return {.differ = true, .nominal_seconds = nominal};
  }
  const inference::ThreadLimit limit(plan.threads);
  const InterruptGuard guard;
  ProgressLine progress(terminal_of(STDERR_FILENO), verbosity);
  progress.begin("coordinates", 0);
  const inference::CentringChoice choice = inference::choose_centring(
      names.size(), [&](const std::vector<bool>& noncentred) { return make(with(noncentred)); },
      plan.settings.seed, progress, budget_of(plan, nominal));
  options = with(choice.noncentred);
  return {.differ = !options.noncentred.empty(),
          .gradient_evaluations = choice.gradient_evaluations,
          .density_evaluations = choice.density_evaluations,
          .seconds = choice.seconds,
          .are_cut_short = choice.is_cut,
          .nominal_seconds = nominal};
}

}  // namespace vippl::cli
