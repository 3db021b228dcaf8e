#include "inference/fit_frame.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

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
  StartReport report = find_start(evaluator, {count, posterior.seed}, progress);
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

void judge_against_starts(Evaluator& evaluator, const JudgeSettings& settings, StartReport start,
                          Progress& progress, Posterior& posterior) {
  judge(evaluator, settings, progress, posterior);
  posterior.start_ends = with_rivals(std::move(start), posterior);
}

}  // namespace vippl::inference
