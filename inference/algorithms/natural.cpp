#include <fmt/format.h>

#include <memory>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/evaluator.h"
#include "inference/fit_frame.h"
#include "inference/matched_draws.h"
#include "inference/natural_steps.h"
#include "inference/stage_agreement.h"
#include "inference/starts.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

constexpr Option options[] = {
    starts_option,
    {.name = "stages",
     .kind = Option::Kind::whole,
     .summary = "most stages, each with twice the draws of the one before",
     .initial = 6,
     .lower = 1,
     .upper = 12},
};

/// Steps on twice as many fresh draws in each stage, until a stage moves the guide no more. Returns
/// the draws of the last.
Eigen::Index fit_in_stages(Evaluator& evaluator, const Settings& settings, Start start,
                           const Progress& progress, Posterior& posterior) {
  const Eigen::Index d = evaluator.dimension();
  const auto stages = static_cast<int>(natural.value(settings, "stages"));
  const double limit = negligible_divergence(d);
  // Each stage reads other streams of noise.
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;
  Eigen::Index draws = plan_match(d, d).draws;
  Guide& guide = *posterior.guide;
  guide.start_at(start, 1);
  for (int stage = 0; stage < stages; ++stage, draws *= 2) {
    const std::unique_ptr<Guide> before = guide.clone();
    start =
        natural_steps(evaluator, std::move(start),
                      settings.seed + golden * static_cast<std::uint64_t>(stage), progress, draws);
    guide.start_at(start, 1);
    if (progress.interrupted()) {
      stop(posterior, StopReason::interrupted, fmt::format("interrupted in stage {}", stage + 1));
      return draws;
    }
    if (stage > 0 && symmetrised_kl(*before, guide) < limit) {
      stop(posterior, StopReason::converged,
           fmt::format("stages with {} and {} draws agree", draws / 2, draws));
      return draws;
    }
  }
  stop(posterior, StopReason::stage_limit,
       fmt::format("the guide still changed in the last of {} stages, with {} draws", stages,
                   draws / 2));
  return draws / 2;
}

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  require_full_rank(natural, settings);
  Stopwatch phase;
  Evaluator evaluator(model);
  Posterior posterior = unfitted(natural, settings, make_guide("fullrank", model.dimension()));

  const auto starts = static_cast<int>(natural.value(settings, "starts"));
  StartReport start = climb_to_starts(evaluator, starts, progress, posterior);
  Start from = start.best;
  if (from.factor.size() == 0) from.factor = from.scale.asDiagonal();
  posterior.seconds.start = phase.restart();

  progress.begin("optimise", 0);
  const Eigen::Index draws =
      fit_in_stages(evaluator, settings, std::move(from), progress, posterior);
  posterior.seconds.optimise = phase.restart();

  judge_against_starts(evaluator, {draws}, std::move(start), progress, posterior);
  posterior.seconds.judge = phase.restart();
  return posterior;
}

}  // namespace

constinit const Algorithm natural = {
    .name = "natural",
    .summary = "a full-rank normal by natural-gradient steps on matched draws",
    .options = options,
    .run = &run};

}  // namespace vippl::inference::algorithms
