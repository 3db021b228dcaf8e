#include "inference/fit_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "inference/find_modes.h"
#include "inference/rival_ends.h"

namespace vippl::inference {

void require_full_rank(const Algorithm& algorithm, const Settings& settings) {
  if (settings.guide == "auto" || settings.guide == "fullrank") return;
  throw std::invalid_argument(
      fmt::format("`{}` fits a full-rank normal: leave --guide out, or leave --algorithm out for "
                  "`{}`",
                  algorithm.name, settings.guide));
}

Posterior unfitted(const Algorithm& algorithm, const Settings& settings,
                   std::unique_ptr<Guide> guide) {
  if (settings.guide == "sparse" && algorithm.name != "saa")
    throw std::invalid_argument(
        fmt::format("`{}` cannot fit the guide `sparse`, whose zeros only `saa` looks for: leave "
                    "--algorithm out, or use --guide lowrank",
                    algorithm.name));
  Posterior posterior;
  posterior.algorithm = algorithm.name;
  posterior.guide_request = settings.guide;
  posterior.seed = settings.seed;
  posterior.guide = std::move(guide);
  return posterior;
}

StartReport climb_to_starts(Evaluator& evaluator, int count, Progress& progress,
                            Posterior& posterior) {
  progress.begin("start", 0);
  StartReport report = find_start(evaluator, {count, posterior.seed, posterior.budget}, progress);
  posterior.notes = std::move(report.notes);
  return report;
}

void note_lost_draws(std::int64_t count, Posterior& posterior) {
  if (count == 0) return;
  posterior.notes.push_back(fmt::format(
      "{} draws of the fit had no finite density or gradient and were left out", count));
}

void stop(Posterior& posterior, StopReason reason, std::string sentence) {
  posterior.stop_reason = reason;
  posterior.converged = reason == StopReason::converged;
  posterior.stop_sentence = std::move(sentence);
}

void stop_for_budget(Posterior& posterior, std::string_view where) {
  stop(posterior, StopReason::budget,
       fmt::format("the budget of {:g} nominal seconds ended the fit {}",
                   posterior.budget.seconds(), where));
}

std::vector<Start> judge_against_starts(Evaluator& evaluator, const JudgeSettings& settings,
                                        StartReport start, Progress& progress,
                                        Posterior& posterior) {
  judge(evaluator, settings, progress, posterior);
  mark_rivals(posterior, start);
  const auto is_rival = [](const EndWithNormal& at) { return at.end.is_rival; };
  FittedModes modes;
  const bool has_rivals = std::any_of(start.ends.begin(), start.ends.end(), is_rival);
  const bool is_spent = posterior.budget.is_spent(evaluator.gradient_evaluations());
  if (has_rivals && is_spent)
    posterior.notes.push_back("the budget was spent before the modes could be compared");
  if (has_rivals && !is_spent && !progress.interrupted()) {
    modes = find_modes(evaluator, start.ends, posterior, progress);
    // Once fitted, what looked like another mode turned out to be this one, or next to nothing.
    if (modes.normals.empty() && !progress.interrupted())
      for (EndWithNormal& at : start.ends) at.end.is_rival = false;
    count_evaluations(evaluator, posterior);
  }
  posterior.modes = std::move(modes.modes);
  for (EndWithNormal& at : start.ends) posterior.start_ends.push_back(std::move(at.end));
  return std::move(modes.normals);
}

}  // namespace vippl::inference
