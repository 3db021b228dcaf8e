#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "inference/adam.h"
#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/evaluator.h"
#include "inference/fit_frame.h"
#include "inference/iterate_average.h"
#include "inference/stage_agreement.h"
#include "inference/starts.h"
#include "inference/stochastic_elbo.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

using Eigen::Index;

constexpr Option options[] = {
    starts_option,
    {.name = "steps",
     .kind = Option::Kind::whole,
     .summary = "most steps",
     .initial = 20000,
     .lower = 200,
     .upper = 1e9},
    {.name = "draws",
     .kind = Option::Kind::whole,
     .summary = "pairs of opposite draws of the guide per step",
     .initial = 3,
     .lower = 1,
     .upper = 1e5},
};

// Lengths of a step, about, in units of the start. Each is left when its iterates have settled.
constexpr double first_rate = 0.05;
// A guide of many parameters per coordinate takes shorter ones: the noise of all of them adds up in
// each coordinate.
constexpr double usual_parameters = 2;
constexpr double rate_factor = 0.3;
constexpr int most_rates = 6;
constexpr std::int64_t check_every = 200;
// Iterates have settled: their R-hat, and the error of their mean, in units of the start.
constexpr double settled_rhat = 1.1;
constexpr double settled_error = 0.1;

/// How the steps at one rate ended.
enum class End { settled, steps_used, interrupted };

/// The steps of one fit, rate by rate.
class Ascent {
 public:
  Ascent(Evaluator& evaluator, const Settings& settings, Posterior& posterior, Progress& progress)
      : posterior_(posterior),
        progress_(progress),
        guide_(*posterior.guide),
        has_batches_(evaluator.model().batch_size() > 0),
        most_steps_(static_cast<std::int64_t>(averaged_adam.value(settings, "steps"))),
        tolerance_(negligible_divergence(evaluator.dimension())),
        elbo_(evaluator, guide_,
              {2 * static_cast<Index>(averaged_adam.value(settings, "draws")),
               GradientEstimator::sticking_the_landing, Noise::antithetic},
              settings.seed) {}

  void run() {
    const double per_coordinate =
        static_cast<double>(guide_.parameter_count()) / static_cast<double>(guide_.dimension());
    double rate = first_rate / std::sqrt(std::max(1.0, per_coordinate / usual_parameters));
    for (int r = 0; r < most_rates; ++r, rate *= rate_factor) {
      const std::unique_ptr<Guide> before = guide_.clone();
      const End end = ascend(rate, r > 0);
      if (end == End::interrupted)
        return stop(posterior_, StopReason::interrupted,
                    fmt::format("interrupted after {} steps", step_));
      if (r > 0 && end == End::settled) {
        const double kl = symmetrised_kl(*before, guide_);
        if (kl < tolerance_)
          return stop(posterior_, StopReason::converged,
                      fmt::format("steps of {:.2g} and {:.2g} agree after {} steps",
                                  rate / rate_factor, rate, step_));
      }
      if (end == End::steps_used)
        return stop(posterior_, StopReason::iteration_limit,
                    fmt::format("the iterates had not settled after {} steps", step_));
    }
    stop(posterior_, StopReason::stage_limit,
         fmt::format("the guide still changed with the last of {} rates, "
                     "after {} steps",
                     most_rates, step_));
  }

  std::int64_t non_finite_draws() const { return elbo_.non_finite_draws(); }

 private:
  /// Takes steps until the iterates have settled, and leaves the guide at their mean. If that may
  /// be the answer, its noise must be small as a whole.
  End ascend(double rate, bool may_be_last) {
    guide_.start_at(guide_.as_start(), 1);
    if (has_batches_) elbo_.anchor_at(guide_.mean());
    Eigen::VectorXd parameters = guide_.parameters();
    Eigen::VectorXd gradient(parameters.size());
    Adam optimiser(parameters.size(), {.learning_rate = rate});
    IterateAverage average(parameters.size());
    double mean_elbo = 0;  // over the steps since the last check
    std::int64_t finite = 0;
    for (;;) {
      const double estimate = elbo_.evaluate(parameters, gradient);
      const double length = optimiser.ascend(gradient, parameters);
      average.add(parameters);
      ++step_;
      if (std::isfinite(estimate))
        mean_elbo += (estimate - mean_elbo) / static_cast<double>(++finite);
      const bool is_interrupted = progress_.interrupted();
      if (!is_interrupted && step_ < most_steps_ && average.iterates() % check_every != 0) continue;
      const TracePoint point{step_, since_start_.seconds(), mean_elbo, gradient.norm(), length};
      posterior_.trace.push_back(point);
      progress_.report(point);
      finite = 0;
      if (average.iterates() < IterateAverage::least_iterates) {
        guide_.set_parameters(parameters);
        return is_interrupted ? End::interrupted : End::steps_used;
      }
      const IterateAverage::Window window = average.best_window();
      guide_.set_parameters(window.mean);
      if (is_interrupted) return End::interrupted;
      const bool has_settled = window.rhat < settled_rhat &&
                               window.error.maxCoeff() < settled_error &&
                               (!may_be_last || window.error.squaredNorm() < tolerance_);
      if (has_settled) return End::settled;
      if (step_ >= most_steps_) return End::steps_used;
      guide_.set_parameters(parameters);
    }
  }

  Posterior& posterior_;
  Progress& progress_;
  Guide& guide_;
  bool has_batches_;
  std::int64_t most_steps_;
  /// Of the means of successive rates; and as much may come from the noise of a mean.
  double tolerance_;
  StochasticElbo elbo_;
  Stopwatch since_start_;
  std::int64_t step_ = 0;
};

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  Stopwatch phase;
  Evaluator evaluator(model);
  Posterior posterior =
      unfitted(averaged_adam, settings, make_guide(settings.guide, model.dimension()));

  const auto starts = static_cast<int>(averaged_adam.value(settings, "starts"));
  StartReport start = climb_to_starts(evaluator, starts, progress, posterior);
  posterior.guide->start_at(start.best, 1);
  posterior.seconds.start = phase.restart();

  progress.begin("optimise", static_cast<std::int64_t>(averaged_adam.value(settings, "steps")));
  Ascent ascent(evaluator, settings, posterior, progress);
  ascent.run();
  note_lost_draws(ascent.non_finite_draws(), posterior);
  posterior.seconds.optimise = phase.restart();

  judge_against_starts(evaluator, {}, std::move(start), progress, posterior);
  posterior.seconds.judge = phase.restart();
  return posterior;
}

}  // namespace

constinit const Algorithm averaged_adam = {
    .name = "averaged-adam",
    .summary =
        "stochastic gradients at rates that fall until the averaged iterates agree; takes "
        "minibatches",
    .options = options,
    .takes_minibatches = true,
    .run = &run};

}  // namespace vippl::inference::algorithms
