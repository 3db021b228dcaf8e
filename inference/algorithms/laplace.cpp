#include <fmt/format.h>

#include <algorithm>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/evaluator.h"
#include "inference/fit_frame.h"
#include "inference/starts.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

constexpr Option options[] = {
    starts_option,
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
  Posterior posterior = unfitted(
      laplace, settings,
      make_guide(settings.guide == "auto" ? "fullrank" : settings.guide, model.dimension()));

  const auto starts = static_cast<int>(laplace.value(settings, "starts"));
  StartReport start = climb_to_starts(evaluator, starts, progress, posterior);
  const EndWithNormal& mode = highest_end(start);
  posterior.guide->start_at(mode.normal, 1);
  posterior.converged = !progress.interrupted();
  posterior.stop_reason = posterior.converged ? StopReason::converged : StopReason::interrupted;
  posterior.stop_sentence = fmt::format(
      "the highest mode that was found, with log density {:.6g}; {} of {} starts "
      "ended there",
      mode.end.log_density, mode.end.starts, starts);
  posterior.seconds.start = phase.restart();

  judge_against_starts(evaluator, {}, std::move(start), progress, posterior);
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
