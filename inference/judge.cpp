#include "inference/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "inference/algorithm.h"
#include "inference/expected_curvature.h"
#include "inference/grace.h"
#include "inference/matched_draws.h"
#include "inference/psis.h"
#include "inference/scalar_names.h"
#include "inference/stopwatch.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();
// More draws than this without a finite density, and neither ELBO nor weights mean anything.
constexpr double most_non_finite = 0.1;

struct MeanAndError {
  double mean = 0;
  double error = 0;
};

// Rough, but enough for a mean, an sd and a k-hat; and few where one takes long.
constexpr Index least_when_interrupted = 200;

/// Over the draws with a finite density.
MeanAndError mean_of_finite(const LogDensities& log_p, const Vector& terms) {
  double sum = 0;
  double count = 0;
  for (Index s = 0; s < terms.size(); ++s) {
    if (!std::isfinite(log_p[s])) continue;
    sum += terms[s];
    ++count;
  }
  const double mean = sum / count;
  double square = 0;
  for (Index s = 0; s < terms.size(); ++s)
    if (std::isfinite(log_p[s])) square += (terms[s] - mean) * (terms[s] - mean);
  return {mean, std::sqrt(square / (count - 1) / count)};
}

/// Tells who watches how far judging is, with the ELBO of the draws so far.
class Watch {
 public:
  Watch(Progress& progress, const Posterior& posterior)
      : progress_(progress), posterior_(posterior), seconds_before_(posterior.seconds.total()) {}

  /// The first `done` draws have their density.
  void show(Index done) {
    for (; counted_ < done; ++counted_) {
      const double ratio = posterior_.log_p[counted_] - posterior_.log_q[counted_];
      if (std::isfinite(ratio)) mean_ += (ratio - mean_) / static_cast<double>(++finite_);
    }
    if (done > 0) progress_.report({done, seconds_before_ + since_.seconds(), mean_, 0, 0});
  }

 private:
  Progress& progress_;
  const Posterior& posterior_;
  double seconds_before_;
  Stopwatch since_;
  Index counted_ = 0;
  Index finite_ = 0;
  double mean_ = 0;
};

/// Up to `count` draws with their densities, fewer if the user's patience ends.
void draw_independent(Evaluator& evaluator, Index count, Progress& progress, Grace& grace,
                      Posterior& posterior) {
  const Guide& guide = *posterior.guide;
  Points noise(count, guide.noise_dimension());
  posterior.draws.resize(count, guide.dimension());
  Rng rng(posterior.seed, runtime::Purpose::posterior);
  guide.draw(rng, noise, posterior.draws);
  posterior.log_q.resize(count);
  guide.log_density_of_placed(noise, posterior.log_q);
  posterior.log_p.resize(count);
  Watch watch(progress, posterior);
  const std::int64_t before = evaluator.density_evaluations();
  const auto done = [&] { return static_cast<Index>(evaluator.density_evaluations() - before); };
  const auto goes_on = [&] {
    watch.show(done());
    return !grace.is_over() || done() < least_when_interrupted;
  };
  if (!evaluator.densities_in_blocks(posterior.draws, posterior.log_p, goes_on)) {
    count = done();
    posterior.draws.conservativeResize(count, Eigen::NoChange);
    posterior.log_q.conservativeResize(count);
    posterior.log_p.conservativeResize(count);
  }
  watch.show(count);
  posterior.non_finite_draws = 0;
  for (Index s = 0; s < count; ++s) {
    if (std::isfinite(posterior.log_p[s])) continue;
    posterior.log_p[s] = -infinity;
    ++posterior.non_finite_draws;
  }
}

void refuse_too_many_non_finite(const Evaluator& evaluator, const Posterior& posterior) {
  const Index count = posterior.draws.rows();
  if (static_cast<double>(posterior.non_finite_draws) <=
      most_non_finite * static_cast<double>(count))
    return;
  Index first = 0;
  while (std::isfinite(posterior.log_p[first])) ++first;
  const Vector point = posterior.draws.row(first);
  throw FitError(fmt::format("{} of {} draws of the fitted guide have no finite log density",
                             posterior.non_finite_draws, count),
                 evaluator.model().terms(point), evaluator.model().trace_non_finite(point));
}

/// `where`: "while judging", unless the fit itself was interrupted before.
void note_interruption(std::string_view where, Posterior& posterior) {
  if (posterior.stop_reason != StopReason::interrupted)
    posterior.stop_sentence =
        fmt::format("interrupted {}; before: {}", where, posterior.stop_sentence);
  posterior.stop_reason = StopReason::interrupted;
  posterior.converged = false;
}

/// Either the plain mean of log p - log q, or the mean of log p less its expected quadratic,
/// whichever varies less. Both are unbiased: the quadratic is known from other draws, and exact
/// where the log density is one.
void estimate_elbo(const ExpectedCurvature& curvature, Posterior& posterior) {
  const LogDensities& log_p = posterior.log_p;
  MeanAndError best = mean_of_finite(log_p, log_p - posterior.log_q);
  const std::optional<double> entropy = posterior.guide->entropy();
  if (curvature.is_valid && curvature.hessian.size() > 0 && entropy) {
    LogDensities control(log_p.size());
    curvature.control(posterior.draws, control);
    const Vector terms = (log_p - control).array() + *entropy;
    const MeanAndError controlled = mean_of_finite(log_p, terms);
    if (controlled.error < best.error) best = controlled;
  }
  posterior.elbo = best.mean;
  posterior.elbo_se = best.error;
}

constexpr double most_numbers = 3e7;  // held at once: 240 MB

double numbers_per_draw(const runtime::LogDensity& model) {
  return static_cast<double>(2 * model.dimension() + scalar_count(model));
}

void weigh(Posterior& posterior) {
  SmoothedWeights weights = smooth_weights(posterior.log_p - posterior.log_q);
  posterior.log_weights = std::move(weights.log_weights);
  posterior.khat = weights.khat;
  posterior.weight_spread = weights.spread;
}

/// Whether k-hat is so near its limit that more draws may move it across: of few draws it has an
/// error of a tenth and more, and it sees the tail where it is still heavier than further out.
bool is_undecided(const Posterior& posterior) {
  constexpr double below = 0.1, above = 0.4;
  const double excess = posterior.khat - khat_limit(posterior.draws.rows());
  return posterior.weight_spread > negligible_spread && excess > -below && excess < above;
}

constexpr Index more_draws = 4;  // times as many, where k-hat is undecided

/// Whether the weights cannot be left to judge alone: in many dimensions their k-hat is no longer
/// about the parameters, and may be high for a good guide or low for a poor one.
bool needs_chains(const Posterior& posterior) {
  constexpr Index many = 50;
  if (posterior.weight_spread < negligible_spread) return false;
  return !posterior.weights_are_good() || posterior.weights_hang_on_few() ||
         posterior.draws.cols() > many;
}

/// The most draws to take where k-hat is undecided.
Index most_draws(const runtime::LogDensity& model, Index planned) {
  return std::max(planned, std::min(more_draws * planned,
                                    static_cast<Index>(most_numbers / numbers_per_draw(model))));
}

void note_once(const std::string& note, Posterior& posterior) {
  std::vector<std::string>& notes = posterior.notes;
  if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
}

}  // namespace

Index judging_draws(const runtime::LogDensity& model, bool corrects, std::int64_t gradients_spent) {
  // The gradients spent are what is known of both cost and need. Large data make the posterior
  // close to normal, and the fit then ends after about the least number of gradients, each of them
  // dear: one draw per gradient costs less than half the fit. A posterior far from normal takes a
  // multiple of that least number, and its k-hat and corrected estimates need as many draws again:
  // of a skewed one in two dimensions k-hat is 1.1 on 3000 draws and 0.5 on 12 000.
  constexpr Index least_planned = 1000;  // an error of k-hat of about 0.15
  constexpr Index most_explicit = 4000;  // of 0.1
  constexpr Index most_correcting = 20000;
  constexpr Index least_draws = 500;
  constexpr double most_rows = 4e8;  // of data, seen by all draws together; for models that are cut
  constexpr double most_per_gradient = 4;
  // Two stages, of n and 2 n draws, with two to three evaluations each.
  const double least_gradients =
      8 * static_cast<double>(plan_match(model.dimension(), model.dimension()).draws);
  const double spent = static_cast<double>(gradients_spent);
  const double wanted = spent * std::clamp(2 * spent / least_gradients - 1, 1.0, most_per_gradient);
  const Index most_planned = corrects ? most_correcting : most_explicit;
  const Index count =
      std::clamp(static_cast<Index>(std::min(wanted, 1e6)), least_planned, most_planned);
  double limit = most_numbers / numbers_per_draw(model);
  if (model.batch_size() > 0)
    limit = std::min(limit, most_rows / static_cast<double>(model.row_count()));
  return std::max(least_draws, std::min(count, static_cast<Index>(limit)));
}

void count_evaluations(const Evaluator& evaluator, Posterior& posterior) {
  posterior.gradient_evaluations = evaluator.gradient_evaluations();
  posterior.density_evaluations = evaluator.density_evaluations();
}

void judge(Evaluator& evaluator, const JudgeSettings& settings, Progress& progress,
           Posterior& posterior) {
  const runtime::LogDensity& model = evaluator.model();
  const bool corrects = posterior.guide_request == "auto";
  const auto affordable =
      static_cast<Index>(posterior.budget.for_draws(evaluator.gradient_evaluations()));
  const Index wanted = judging_draws(model, corrects, evaluator.gradient_evaluations());
  Index planned = std::min(affordable, wanted);
  const Index most = std::min(affordable, most_draws(model, planned));
  if (planned < wanted)
    note_once("the fit was judged on fewer draws than usual, as many as the budget allows",
              posterior);
  Grace grace(progress);
  for (;;) {
    progress.begin("judge", planned);
    draw_independent(evaluator, planned, progress, grace, posterior);
    refuse_too_many_non_finite(evaluator, posterior);
    weigh(posterior);
    if (!corrects || !is_undecided(posterior) || planned >= most || progress.interrupted()) break;
    planned = std::min(most, more_draws * planned);
  }
  const Index count = posterior.draws.rows();

  ExpectedCurvature curvature;
  if (posterior.guide->is_normal())
    curvature = expected_curvature(evaluator, *posterior.guide, posterior.seed,
                                   [&grace] { return !grace.is_over(); });
  if (grace.is_over())
    note_interruption(fmt::format("while judging, with {} of {} draws", count, planned), posterior);
  estimate_elbo(curvature, posterior);
  posterior.location_se = curvature.is_valid ? location_error(curvature, settings.fit_draws)
                                             : Vector(posterior.guide->variance().cwiseSqrt());

  posterior.constrained.resize(count, scalar_count(model));
  model.constrain(posterior.draws, posterior.seed, posterior.constrained);
  if (needs_chains(posterior) && posterior.guide->is_normal() && model.batch_size() == 0 &&
      !progress.interrupted()) {
    progress.begin("chains", 0);
    posterior.chains_were_limited =
        posterior.budget.limits_chains(evaluator.gradient_evaluations());
    posterior.short_chains =
        run_short_chains(evaluator, *posterior.guide, posterior.seed,
                         {posterior.budget.for_chains(evaluator.gradient_evaluations()),
                          posterior.budget.for_chains_in_doubt(evaluator.gradient_evaluations())},
                         progress);
    if (progress.interrupted()) note_interruption("while short chains judged the guide", posterior);
  }
  count_evaluations(evaluator, posterior);
}

}  // namespace vippl::inference
