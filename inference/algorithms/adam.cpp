#include "inference/adam.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/evaluator.h"
#include "inference/fit_frame.h"
#include "inference/judge.h"
#include "inference/left_to_go.h"
#include "inference/stochastic_elbo.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

using Eigen::Index;

constexpr std::string_view scales[] = {"log", "softplus"};

constexpr Option options[] = {
    {.name = "learning-rate",
     .summary = "length of a step, about, in units of the parameters",
     .initial = 0.01,
     .lower = 1e-12,
     .upper = 1e3},
    {.name = "steps",
     .kind = Option::Kind::whole,
     .summary = "number of steps",
     .initial = 10000,
     .lower = 1,
     .upper = 1e9},
    {.name = "draws",
     .kind = Option::Kind::whole,
     .summary = "draws of the guide per step",
     .initial = 1,
     .lower = 1,
     .upper = 1e5},
    {.name = "stl",
     .kind = Option::Kind::flag,
     .summary = "sticking the landing: leave the score of the guide out of the gradient",
     .initial = 0,
     .lower = 0,
     .upper = 1},
    {.name = "scale",
     .kind = Option::Kind::choice,
     .summary = "how an unconstrained parameter becomes a scale of the guide",
     .initial = 0,
     .lower = 0,
     .upper = 1,
     .choices = scales},
    {.name = "initial-scale",
     .summary = "scale of the guide at the start, around 0",
     .initial = 1,
     .lower = 1e-12,
     .upper = 1e6},
};

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  const Stopwatch since_start;
  Stopwatch phase;
  const auto value = [&](std::string_view option) { return adam.value(settings, option); };
  Evaluator evaluator(model);
  const GuideSettings guide_settings{value("scale") == 0 ? ScaleMap::log : ScaleMap::softplus};
  Posterior posterior =
      unfitted(adam, settings, make_guide(settings.guide, model.dimension(), guide_settings));
  Guide& guide = *posterior.guide;
  guide.start_at(identity_start(model.dimension()), value("initial-scale"));

  const StochasticElboSettings elbo_settings{static_cast<Index>(value("draws")),
                                             value("stl") != 0
                                                 ? GradientEstimator::sticking_the_landing
                                                 : GradientEstimator::closed_entropy};
  StochasticElbo elbo(evaluator, guide, elbo_settings, settings.seed);
  Adam optimiser(guide.parameter_count(), {.learning_rate = value("learning-rate")});
  Eigen::VectorXd parameters = guide.parameters();
  Eigen::VectorXd gradient(guide.parameter_count());
  posterior.seconds.start = phase.restart();

  const auto steps = static_cast<std::int64_t>(value("steps"));
  // A trace of some hundred lines, the same in every run; who watches is told in between as well,
  // by the clock.
  const std::int64_t stride = std::max<std::int64_t>(1, steps / 200);
  constexpr std::int64_t clock_stride = 16;  // the clock costs a tenth of a small model's step
  constexpr double report_seconds = 0.05;
  Stopwatch since_report;
  progress.begin("optimise", steps);
  std::int64_t step = 0;
  bool interrupted = false;
  double mean_elbo = 0;  // over the steps since the last line of the trace
  std::int64_t since_line = 0;
  while (step < steps && !interrupted) {
    const double estimate = elbo.evaluate(parameters, gradient);
    const double length = optimiser.ascend(gradient, parameters);
    ++step;
    if (std::isfinite(estimate))
      mean_elbo += (estimate - mean_elbo) / static_cast<double>(++since_line);
    interrupted = progress.interrupted();
    const bool is_line = interrupted || step % stride == 0 || step == steps;
    if (!is_line && (step % clock_stride != 0 || since_report.seconds() < report_seconds)) continue;
    const TracePoint point{step, since_start.seconds(), mean_elbo, gradient.norm(), length};
    progress.report(point);
    since_report.restart();
    if (!is_line) continue;
    posterior.trace.push_back(point);
    mean_elbo = 0;
    since_line = 0;
  }
  guide.set_parameters(parameters);
  posterior.seconds.optimise = phase.restart();
  note_lost_draws(elbo.non_finite_draws(), posterior);
  posterior.stop_reason = interrupted ? StopReason::interrupted : StopReason::iteration_limit;
  posterior.stop_sentence = interrupted
                                ? fmt::format("interrupted after {} of {} steps", step, steps)
                                : fmt::format("took the {} steps asked for", steps);

  judge(evaluator, {}, progress, posterior);
  require_nothing_left(posterior);
  posterior.seconds.judge = phase.restart();
  return posterior;
}

}  // namespace

constinit const Algorithm adam = {
    .name = "adam",
    .summary = "stochastic gradient ascent on the ELBO, with steps by Adam; takes minibatches",
    .options = options,
    .takes_minibatches = true,
    .run = &run};

}  // namespace vippl::inference::algorithms
