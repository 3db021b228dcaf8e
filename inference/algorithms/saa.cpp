#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/evaluator.h"
#include "inference/fit_frame.h"
#include "inference/fixed_noise_elbo.h"
#include "inference/lbfgs.h"
#include "inference/linear_response.h"
#include "inference/matched_draws.h"
#include "inference/mixture_rung.h"
#include "inference/natural_steps.h"
#include "inference/normal_score.h"
#include "inference/stage_agreement.h"
#include "inference/starts.h"
#include "inference/stopwatch.h"
#include "inference/variational_newton.h"

namespace vippl::inference::algorithms {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr Option options[] = {
    {.name = "starts",
     .kind = Option::Kind::whole,
     .summary = "climbs to a mode, half of them from the prior; 0 chooses by size",
     .initial = 0,
     .lower = 0,
     .upper = 1000},
    {.name = "stages",
     .kind = Option::Kind::whole,
     .summary = "most stages, each with twice the draws of the one before; 0 chooses by size",
     .initial = 0,
     .lower = 0,
     .upper = 12},
    {.name = "draws",
     .kind = Option::Kind::whole,
     .summary = "draws of the first stage; 0 chooses by size",
     .initial = 0,
     .lower = 0,
     .upper = 1e6},
    {.name = "budget",
     .kind = Option::Kind::number,
     .summary = "seconds that the fit may take, at the nominal cost of the model's gradients; 0: "
                "10, or up to 60 where gradients are dear",
     .initial = 0,
     .lower = 0,
     .upper = 1e9},
};

constexpr Index largest_block = 200;  // of coordinates that are matched together
constexpr double most_numbers = 8e6;  // held as noise: 64 MB
// Times sqrt(d), in units where the target is about N(0, I).
constexpr double gradient_tolerance = 5e-4;
constexpr double stalled_gradient = 1e-2;
constexpr double negligible_gain = 1e-5;  // nats
// After each burst the guide as it then is becomes the units: the optimiser begins afresh where the
// target looks like a standard normal, which saves it most of its iterations.
constexpr int iterations_per_burst = 25;
constexpr int bursts_per_stage = 12;
// A start whose log weights vary less than this leaves the optimiser little to do.
constexpr double near_enough = 0.5;
// The ELBO is below the log evidence, and so below any other guide's, by about half the square of
// the spread of the log weights: what is nearer than this need not be held against another family.
constexpr double near_evidence = 1.5;
constexpr Index floor_draws = 500;
constexpr int most_shrinks = 8;
constexpr double shrink_by = 0.7;  // in logs

/// One fit: what its stages share.
struct Fit {
  Evaluator evaluator;
  const Settings& settings;
  Progress& progress;
  Stopwatch since_start = {};
  std::int64_t iterations = 0;
  Posterior posterior = {};

  Guide& guide() { return *posterior.guide; }
  bool is_over_budget() const {
    return posterior.budget.ends_fit(evaluator.gradient_evaluations());
  }
};

Index draws_of_stage(const Fit& fit, const MatchPlan& plan, int stage) {
  const double d = static_cast<double>(fit.evaluator.dimension());
  const Index least = 2 * plan.block;
  const Index most = static_cast<Index>(most_numbers / d) / 2 * 2;
  return std::max(least, std::min(plan.draws << stage, most));
}

Points stage_noise(const Fit& fit, const MatchPlan& plan, int stage) {
  Points noise(draws_of_stage(fit, plan, stage), fit.posterior.guide->noise_dimension());
  // Site 0 is the stages', row their number; the draws of other uses stand at other sites.
  Rng rng(fit.settings.seed, runtime::Purpose::noise, 0, static_cast<std::uint32_t>(stage));
  fill_matched(rng, plan.block, noise);
  return noise;
}

[[noreturn]] void refuse(Fit& fit, const FixedNoiseElbo& elbo, Index draws) {
  const Vector centre = fit.guide().mean();
  std::string trace = fit.evaluator.model().trace_non_finite(centre);
  throw FitError(
      fmt::format("{} of {} draws around the best start have no finite log density, even "
                  "after shrinking the guide",
                  std::max<Index>(1, elbo.non_finite_draws()), draws),
      fit.evaluator.model().terms(centre), std::move(trace));
}

/// Puts the guide at the start, smaller until all draws have a finite density.
void place_at(Fit& fit, const Start& start, FixedNoiseElbo& elbo, Index draws) {
  Vector gradient(fit.guide().parameter_count());
  for (int k = 0; k <= most_shrinks; ++k) {
    fit.guide().start_at(start, std::exp(-shrink_by * k));
    if (std::isfinite(elbo.evaluate(fit.guide().parameters(), gradient))) return;
    if (fit.progress.interrupted()) return;  // unchecked: judging will tell
  }
  refuse(fit, elbo, draws);
}

LbfgsResult optimise_in_these_units(Fit& fit, FixedNoiseElbo& elbo) {
  const Objective objective = [&](const Vector& parameters, Vector& gradient) {
    const double value = elbo.evaluate(parameters, gradient);
    gradient *= -1;
    return -value;
  };
  const std::int64_t before = fit.iterations;
  const LbfgsWatcher watcher = [&](const LbfgsIteration& at) {
    fit.iterations = before + at.iteration;
    const TracePoint point{fit.iterations, fit.since_start.seconds(), -at.value, at.gradient_norm,
                           at.step};
    fit.posterior.trace.push_back(point);
    fit.progress.report(point);
    return !fit.progress.interrupted() && !fit.is_over_budget();
  };
  LbfgsSettings settings;
  settings.max_iterations = iterations_per_burst;
  settings.gradient_tolerance =
      gradient_tolerance * std::sqrt(static_cast<double>(fit.evaluator.dimension()));
  settings.relative_gain = 1e-11;
  settings.absolute_gain = negligible_gain;
  Vector parameters = fit.guide().parameters();
  LbfgsResult result = minimise(objective, settings, watcher, parameters);
  // Cut short within an evaluation, which then looks like a step too far.
  const bool is_cut = result.stop == LbfgsStop::line_search || result.stop == LbfgsStop::not_finite;
  if (is_cut && fit.progress.interrupted()) result.stop = LbfgsStop::interrupted;
  fit.guide().set_parameters(parameters);
  return result;
}

/// Until the optimiser arrives, or its bursts are used up.
LbfgsResult optimise(Fit& fit, FixedNoiseElbo& elbo, Index draws) {
  LbfgsResult result = optimise_in_these_units(fit, elbo);
  for (int burst = 1; burst < bursts_per_stage && result.stop == LbfgsStop::iterations; ++burst) {
    place_at(fit, fit.guide().as_start(), elbo, draws);
    result = optimise_in_these_units(fit, elbo);
  }
  return result;
}

/// Whether the optimiser ended where there is nothing more to gain; rounding may end its last line
/// search.
bool has_arrived(const Fit& fit, const LbfgsResult& result) {
  if (result.stop == LbfgsStop::gradient || result.stop == LbfgsStop::gain) return true;
  const double d = static_cast<double>(fit.evaluator.dimension());
  return result.stop == LbfgsStop::line_search &&
         result.gradient_norm < stalled_gradient * std::sqrt(d);
}

/// Says why the last stage was not good enough.
void stop_without_agreement(Fit& fit, const LbfgsResult& last, int stages, Index draws) {
  if (last.stop == LbfgsStop::iterations) {
    stop(fit.posterior, StopReason::iteration_limit,
         fmt::format("the last stage was not done after {} iterations",
                     iterations_per_burst * bursts_per_stage));
  } else if (!has_arrived(fit, last)) {
    stop(
        fit.posterior, StopReason::stalled,
        fmt::format("no step raised the ELBO, with a gradient of norm {:.2g}", last.gradient_norm));
  } else if (stages == 1) {
    stop(fit.posterior, StopReason::stage_limit,
         fmt::format("one stage with {} draws, and no other to compare it with", draws));
  } else {
    stop(fit.posterior, StopReason::stage_limit,
         fmt::format("the guide still changes between stages, after {} with up to {} draws", stages,
                     draws));
  }
}

/// In many dimensions the noise of the draws dies out slowly, and what is left of it costs less to
/// correct than to average out.
int stages_by_size(Index dimension) {
  constexpr Index small = 50;
  return dimension <= small ? 5 : 3;
}

int stage_limit(const Fit& fit) {
  const auto stages = static_cast<int>(saa.value(fit.settings, "stages"));
  return stages > 0 ? stages : stages_by_size(fit.evaluator.dimension());
}

/// Fits the guide in stages; returns the number of draws of the last.
Index fit_in_stages(Fit& fit, const Start& start) {
  const int stages = stage_limit(fit);
  MatchPlan plan = plan_match(fit.guide().noise_dimension(), largest_block);
  if (const auto draws = static_cast<Index>(saa.value(fit.settings, "draws")); draws > 0)
    plan.draws = std::max((draws + 1) / 2 * 2, 2 * plan.block);
  std::unique_ptr<Guide> before;
  Index draws = 0;
  for (int stage = 0; stage < stages; ++stage) {
    const Points noise = stage_noise(fit, plan, stage);
    draws = noise.rows();
    FixedNoiseElbo elbo(fit.evaluator, fit.guide(), noise, &fit.progress);
    if (stage == 0) {
      place_at(fit, start, elbo, draws);
    } else {
      before = fit.guide().clone();
      place_at(fit, before->as_start(), elbo, draws);
    }
    const LbfgsResult result = optimise(fit, elbo, draws);
    if (result.stop == LbfgsStop::interrupted && !fit.progress.interrupted()) {
      stop_for_budget(fit.posterior,
                      fmt::format("in stage {}, after {} iterations", stage + 1, fit.iterations));
      return draws;
    }
    if (result.stop == LbfgsStop::interrupted) {
      stop(fit.posterior, StopReason::interrupted,
           fmt::format("interrupted in stage {}, after {} iterations", stage + 1, fit.iterations));
      return draws;
    }
    if (before && has_arrived(fit, result) &&
        stages_agree(fit.evaluator, *before, fit.guide(), fit.settings.seed, stage, fit.progress)) {
      stop(fit.posterior, StopReason::converged,
           fmt::format("stages with {} and {} draws agree", draws_of_stage(fit, plan, stage - 1),
                       draws));
      return draws;
    }
    if (fit.progress.interrupted()) {
      stop(fit.posterior, StopReason::interrupted,
           fmt::format("interrupted after stage {}", stage + 1));
      return draws;
    }
    if (stage + 1 == stages) {
      stop_without_agreement(fit, result, stages, draws);
    } else if (fit.is_over_budget()) {
      stop_for_budget(fit.posterior, fmt::format("after stage {}", stage + 1));
      return draws;
    }
  }
  return draws;
}

/// How a fit ended.
struct Ending {
  StopReason reason;
  std::string sentence;
};

/// The best mean field, fitted as a mean field is; the guide stays as it was.
Start fit_mean_field(Fit& fit, const Start& start) {
  Posterior& posterior = fit.posterior;
  Ending ending{posterior.stop_reason, posterior.stop_sentence};
  std::unique_ptr<Guide> guide =
      std::exchange(posterior.guide, make_guide("meanfield", fit.evaluator.dimension()));
  fit_in_stages(fit, start);
  const Start mean_field = fit.guide().as_start();
  posterior.guide = std::move(guide);
  stop(posterior, ending.reason, std::move(ending.sentence));
  return mean_field;
}

/// Fits the guide by `climb`, which begins at a start and returns the number of draws of its last
/// stage. Where the guide ends far from the posterior, perhaps on a lower hill than that which the
/// mean field climbs, it is held against the best mean field, which its family contains, and never
/// ends below that. Returns what `climb` did at last.
Index fit_above_mean_field(Fit& fit, const Start& start,
                           const std::function<Index(const Start&)>& climb) {
  Posterior& posterior = fit.posterior;
  Index draws = climb(start);
  const bool was_cut = posterior.stop_reason == StopReason::interrupted ||
                       posterior.stop_reason == StopReason::budget;
  if (was_cut || fit.guide().name() == "meanfield") return draws;
  Points noise(floor_draws, fit.evaluator.dimension());
  Rng rng(fit.settings.seed, runtime::Purpose::noise, 10);
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
  const auto score_of_guide = [&] {
    return score_normal(fit.evaluator, fit.guide().as_start(), noise);
  };
  const NormalScore own = score_of_guide();
  if (own.spread < near_evidence) return draws;
  const Start mean_field = fit_mean_field(fit, start);
  const NormalScore floor = score_normal(fit.evaluator, mean_field, noise);
  const auto is_below = [&](const NormalScore& score) {
    const double error = 2 * std::hypot(score.spread, floor.spread) / std::sqrt(floor_draws);
    return floor.elbo > score.elbo + (std::isfinite(error) ? error : 0);
  };
  if (!is_below(own)) return draws;
  const auto goes_on = [&] { return !fit.progress.interrupted() && !fit.is_over_budget(); };
  if (goes_on()) {
    posterior.notes.push_back(
        "the guide first ended below the best mean field, and was fitted again from there");
    draws = climb(mean_field);
    if (!is_below(score_of_guide())) return draws;
  }
  fit.guide().start_at(mean_field, 1);
  if (goes_on())
    stop(posterior, StopReason::stalled, "nothing was found above the best mean field");
  else if (!fit.progress.interrupted())
    stop_for_budget(posterior, "at the best mean field, which lies above where it had come to");
  else
    stop(posterior, StopReason::interrupted, "the fit was interrupted");
  return draws;
}

/// A mode with a small basin is found by many climbs or none; in many dimensions each is dear.
int starts_by_size(Index dimension) {
  constexpr Index small = 50;
  return dimension <= small ? 16 : 4;
}

/// Where a guide with the zeros of the posterior's precision is asked for, or left free and there
/// are too many coordinates for full rank.
bool wants_shape(const Fit& fit) {
  constexpr Index most = 5000;  // finding the graph takes 3 d gradients of d numbers
  if (fit.settings.guide == "sparse") return true;
  return fit.settings.guide == "auto" && fit.posterior.guide->name() == "meanfield" &&
         fit.evaluator.dimension() <= most;
}

/// The zeros of the precision for a guide that shall have them; that guide is then made.
std::optional<SparseShape> choose_shape(Fit& fit, const Start& start) {
  if (!wants_shape(fit)) return std::nullopt;
  std::optional<SparseShape> shape = find_shape(fit.evaluator, start, fit.settings.seed);
  if (!shape && fit.settings.guide == "sparse")
    throw std::invalid_argument(
        "the guide `sparse` does not suit this model: too many of its coordinates depend on each "
        "other, use --guide lowrank or --guide meanfield");
  if (shape) fit.posterior.guide = make_guide("sparse", fit.evaluator.dimension());
  return shape;
}

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  Stopwatch phase;
  Fit fit{.evaluator = Evaluator(model), .settings = settings, .progress = progress};
  Posterior& posterior = fit.posterior;
  posterior = unfitted(saa, settings, make_guide(settings.guide, model.dimension()));

  auto starts = static_cast<int>(saa.value(settings, "starts"));
  if (starts == 0) starts = starts_by_size(model.dimension());
  posterior.budget =
      Budget(saa.value(settings, "budget"), settings.gradient_seconds, settings.gradients_before);
  StartReport start = climb_to_starts(fit.evaluator, starts, progress, posterior);
  Start from = start.best;
  const std::optional<SparseShape> shape = choose_shape(fit, from);
  if (!shape && !(start.spread < near_enough) && from.factor.size() > 0 &&
      posterior.guide->name() == "fullrank")
    from = natural_steps(fit.evaluator, std::move(from), settings.seed, progress);
  posterior.seconds.start = phase.restart();

  progress.begin("optimise", 0);
  const Index fit_draws = fit_above_mean_field(fit, from, [&](const Start& at) {
    return shape
               ? fit_by_newton(fit.evaluator, *shape, at,
                               {stage_limit(fit), static_cast<Index>(saa.value(settings, "draws"))},
                               progress, posterior)
               : fit_in_stages(fit, at);
  });
  posterior.seconds.optimise = phase.restart();

  std::vector<Start> modes =
      judge_against_starts(fit.evaluator, {fit_draws}, std::move(start), progress, posterior);
  try_mixture(fit.evaluator, std::move(modes), progress, posterior);
  add_linear_response(fit.evaluator, progress, posterior);
  posterior.seconds.judge = phase.restart();
  return std::move(posterior);
}

}  // namespace

constinit const Algorithm saa = {
    .name = "saa",
    .summary = "the ELBO over fixed matched draws, by L-BFGS, in stages until it settles",
    .options = options,
    .takes_minibatches = false,
    .run = &run};

}  // namespace vippl::inference::algorithms
