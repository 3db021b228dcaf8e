#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>
#include <vector>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/evaluator.h"
#include "inference/fit_frame.h"
#include "inference/judge.h"
#include "inference/starts.h"
#include "inference/stochastic_elbo.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr Option options[] = {
    {.name = "steps",
     .kind = Option::Kind::whole,
     .summary = "most steps",
     .initial = 10000,
     .lower = 1,
     .upper = 1e9},
    {.name = "draws",
     .kind = Option::Kind::whole,
     .summary = "draws of the guide per step",
     .initial = 1,
     .lower = 1,
     .upper = 1e5},
    {.name = "tolerance",
     .summary = "relative change of the ELBO, mean or median, at which the fit ends",
     .initial = 0.01,
     .lower = 0,
     .upper = 1},
};

// The rules of the reference implementation, Kucukelbir et al. (2017), JMLR 18(14), section 3.4 and
// appendix E.
constexpr double rates[] = {100, 10, 1, 0.1, 0.01};
constexpr int trial_steps = 50;
constexpr Index elbo_draws = 100;
constexpr std::int64_t elbo_stride = 100;
constexpr double memory = 0.9;  // of the squared gradients
constexpr double tau = 1;       // added to their root
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Steps of rate / sqrt(t), each coordinate's by the root of its recent squared gradients.
class Ascent {
 public:
  Ascent(double rate, Index size) : rate_(rate), squares_(Vector::Zero(size)) {}

  double step(const Vector& gradient, Vector& parameters) {
    ++count_;
    if (count_ == 1)
      squares_ = gradient.cwiseAbs2();
    else
      squares_ = memory * squares_ + (1 - memory) * gradient.cwiseAbs2();
    const double scaled = rate_ / std::sqrt(static_cast<double>(count_));
    const Vector move = scaled * (gradient.array() / (tau + squares_.array().sqrt())).matrix();
    parameters += move;
    return move.norm();
  }

 private:
  double rate_;
  Vector squares_;
  std::int64_t count_ = 0;
};

/// One fit: what trials and ascent share.
struct Fit {
  Evaluator& evaluator;
  Guide& guide;
  StochasticElbo& gradients;
  Rng elbo_rng;

  /// On 100 draws with a finite density, or -infinity where half of 200 have none.
  double elbo(const Vector& parameters) {
    guide.set_parameters(parameters);
    if (!parameters.allFinite()) return -infinity;
    double sum = 0;
    Index kept = 0;
    for (int attempt = 0; attempt < 2 && kept < elbo_draws; ++attempt) {
      Points noise(elbo_draws, guide.noise_dimension()), z(elbo_draws, guide.dimension());
      guide.draw(elbo_rng, noise, z);
      LogDensities values(elbo_draws);
      evaluator.densities(z, values);
      for (const double value : values) {
        if (!std::isfinite(value) || kept == elbo_draws) continue;
        sum += value;
        ++kept;
      }
    }
    const double value = sum / static_cast<double>(elbo_draws) + *guide.entropy();
    return kept == elbo_draws && std::isfinite(value) ? value : -infinity;
  }
};

/// The largest rate whose trial raises the ELBO and is not bettered by the next smaller one; 0 if
/// none does.
double find_rate(Fit& fit, const Vector& initial, const Progress& progress) {
  const double elbo_before = fit.elbo(initial);
  double best = -infinity;
  double best_rate = 0;
  Vector gradient(initial.size());
  for (const double rate : rates) {
    Ascent ascent(rate, initial.size());
    Vector parameters = initial;
    for (int step = 0; step < trial_steps && !progress.interrupted(); ++step) {
      fit.gradients.evaluate(parameters, gradient);
      if (!gradient.allFinite()) break;
      ascent.step(gradient, parameters);
    }
    const double elbo = fit.elbo(parameters);
    if (elbo < best && best > elbo_before) return best_rate;
    best = elbo;
    best_rate = rate;
  }
  return best > elbo_before ? best_rate : 0;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Until the ELBO changes little from one look to the next; fills trace and reason.
void ascend(Fit& fit, double rate, const Settings& settings, Progress& progress, Vector& parameters,
            Posterior& posterior) {
  const auto steps = static_cast<std::int64_t>(stan_advi.value(settings, "steps"));
  const double tolerance = stan_advi.value(settings, "tolerance");
  const auto window = std::max<std::size_t>(2, static_cast<std::size_t>(steps / 10 / elbo_stride));
  const Stopwatch since_start;
  progress.begin("optimise", steps);
  Ascent ascent(rate, parameters.size());
  Vector gradient(parameters.size());
  std::deque<double> changes;
  double elbo = 0;
  for (std::int64_t step = 1; step <= steps; ++step) {
    fit.gradients.evaluate(parameters, gradient);
    const double length = ascent.step(gradient, parameters);
    if (progress.interrupted()) {
      posterior.stop_reason = StopReason::interrupted;
      posterior.stop_sentence = fmt::format("interrupted after {} of {} steps", step, steps);
      return;
    }
    if (step % elbo_stride != 0) continue;
    const double before = elbo;
    elbo = fit.elbo(parameters);
    const TracePoint point{step, posterior.seconds.start + since_start.seconds(), elbo,
                           gradient.norm(), length};
    posterior.trace.push_back(point);
    progress.report(point);
    changes.push_back(std::fabs((elbo - before) / before));
    if (changes.size() > window) changes.pop_front();
    const double mean =
        std::accumulate(changes.begin(), changes.end(), 0.0) / static_cast<double>(changes.size());
    const double middle = median({changes.begin(), changes.end()});
    if (mean < tolerance || middle < tolerance) {
      posterior.stop_reason = StopReason::converged;
      posterior.converged = true;
      posterior.stop_sentence =
          fmt::format("the ELBO's relative change was below {} at step {}, {}, with rate {}",
                      tolerance, step, mean < tolerance ? "on average" : "in the median", rate);
      return;
    }
  }
  posterior.stop_reason = StopReason::iteration_limit;
  posterior.stop_sentence = fmt::format("took all {} steps, with rate {}", steps, rate);
}

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  Stopwatch phase;
  Evaluator evaluator(model);
  Posterior posterior = unfitted(
      stan_advi, settings,
      make_guide(settings.guide == "auto" ? "meanfield" : settings.guide, model.dimension()));
  Guide& guide = *posterior.guide;
  Start start = identity_start(model.dimension());
  start.location = dispersed_points(evaluator, {1, settings.seed}).row(0);
  guide.start_at(start, 1);
  const StochasticElboSettings elbo_settings{static_cast<Index>(stan_advi.value(settings, "draws")),
                                             GradientEstimator::closed_entropy};
  StochasticElbo gradients(evaluator, guide, elbo_settings, settings.seed);
  Fit fit{evaluator, guide, gradients, Rng(settings.seed, runtime::Purpose::noise, 6)};

  progress.begin("start", 0);
  Vector parameters = guide.parameters();
  const double rate = find_rate(fit, parameters, progress);
  if (rate == 0 && !progress.interrupted())
    throw FitError("none of the step sizes 100, 10, 1, 0.1 and 0.01 raised the ELBO in 50 steps",
                   evaluator.model().terms(start.location), "");
  posterior.seconds.start = phase.restart();
  ascend(fit, rate, settings, progress, parameters, posterior);
  if (parameters.allFinite()) guide.set_parameters(parameters);
  posterior.seconds.optimise = phase.restart();

  judge(evaluator, {}, progress, posterior);
  posterior.seconds.judge = phase.restart();
  return posterior;
}

}  // namespace

constinit const Algorithm stan_advi = {
    .name = "stan-advi",
    .summary = "ADVI by Stan's rules, from a random point and in no units, to compare with",
    .options = options,
    .run = &run};

}  // namespace vippl::inference::algorithms
