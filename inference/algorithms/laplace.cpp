#include <fmt/format.h>

#include <algorithm>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/evaluator.h"
#include "inference/judge.h"
#include "inference/rival_ends.h"
#include "inference/starts.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

constexpr Option options[] = {
    {.name = "starts",
     .kind = Option::Kind::whole,
     .summary = "climbs to a mode, half of them from the prior",
     .initial = 4,
     .lower = 1,
     .upper = 1000},
};

/// The highest end that has a normal. Throws FitError where there is none.
const EndWithNormal& highest_end(const StartReport& report) {
  const auto found =
      std::find_if(report.ends.begin(), report.ends.end(),
                   [](const EndWithNormal& at) { return at.normal.location.size() > 0; });
  if (found == report.ends.end())
    throw FitError(
        "no climb arrived at a mode with a finite curvature, which `laplace` needs (it takes up to "
        "500 coordinates); leave --algorithm out for a fit that does without",
        {}, "");
  return *found;
}

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  Stopwatch phase;
  Evaluator evaluator(model);
  Posterior posterior;
  posterior.algorithm = laplace.name;
  posterior.guide_request = settings.guide;
  posterior.seed = settings.seed;
  posterior.guide =
      make_guide(settings.guide == "auto" ? "fullrank" : settings.guide, model.dimension());

  progress.begin("start", 0);
  const StartSettings start_settings{static_cast<int>(laplace.value(settings, "starts")),
                                     settings.seed};
  StartReport start = find_start(evaluator, start_settings, progress);
  posterior.notes = std::move(start.notes);
  const EndWithNormal& mode = highest_end(start);
  posterior.guide->start_at(mode.normal, 1);
  posterior.converged = !progress.interrupted();
  posterior.stop_reason = posterior.converged ? StopReason::converged : StopReason::interrupted;
  posterior.stop_sentence = fmt::format(
      "the highest mode that was found, with log density {:.6g}; {} of {} starts "
      "ended there",
      mode.end.log_density, mode.end.starts, start_settings.count);
  posterior.seconds.start = phase.restart();

  judge(evaluator, {}, progress, posterior);
  posterior.start_ends = with_rivals(std::move(start), posterior);
  posterior.seconds.judge = phase.restart();
  return posterior;
}

}  // namespace

constinit const Algorithm laplace = {
    .name = "laplace",
    .summary = "the normal with the curvature at the highest mode that is found; no fit",
    .options = options,
    .run = &run};

}  // namespace vippl::inference::algorithms
