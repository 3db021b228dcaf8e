#include "inference/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "inference/algorithm.h"
#include "inference/expected_curvature.h"
#include "inference/psis.h"

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

void draw_independent(Evaluator& evaluator, Index count, Posterior& posterior) {
  const Guide& guide = *posterior.guide;
  Points noise(count, guide.noise_dimension());
  posterior.draws.resize(count, guide.dimension());
  Rng rng(posterior.seed, runtime::Purpose::posterior);
  guide.draw(rng, noise, posterior.draws);
  posterior.log_q.resize(count);
  guide.log_density_of_placed(noise, posterior.log_q);
  posterior.log_p.resize(count);
  evaluator.densities(posterior.draws, posterior.log_p);
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

}  // namespace

Index judging_draws(const runtime::LogDensity& model, bool corrects, std::int64_t gradients_spent) {
  constexpr Index explicit_draws = 4000;
  constexpr Index most_draws = 20000;
  constexpr Index least_draws = 500;
  constexpr double most_numbers = 3e7;  // held at once: 240 MB
  constexpr double most_rows = 4e8;  // of data, seen by all draws together; for models that are cut
  Index count = explicit_draws;
  if (corrects)
    count = std::clamp(static_cast<Index>(4 * gradients_spent), explicit_draws, most_draws);
  Index numbers = 2 * model.dimension();
  for (const runtime::Quantity& quantity : model.quantities())
    numbers += static_cast<Index>(quantity.maps.size());
  double limit = most_numbers / static_cast<double>(numbers);
  if (model.batch_size() > 0)
    limit = std::min(limit, most_rows / static_cast<double>(model.row_count()));
  return std::max(least_draws, std::min(count, static_cast<Index>(limit)));
}

void judge(Evaluator& evaluator, const JudgeSettings& settings, Progress& progress,
           Posterior& posterior) {
  progress.begin("judge", 0);
  const runtime::LogDensity& model = evaluator.model();
  const bool corrects = posterior.guide_request == "auto";
  const Index count = judging_draws(model, corrects, evaluator.gradient_evaluations());
  draw_independent(evaluator, count, posterior);
  refuse_too_many_non_finite(evaluator, posterior);

  SmoothedWeights weights = smooth_weights(posterior.log_p - posterior.log_q);
  posterior.log_weights = std::move(weights.log_weights);
  posterior.khat = weights.khat;

  ExpectedCurvature curvature;
  if (posterior.guide->is_normal())
    curvature = expected_curvature(evaluator, *posterior.guide, posterior.seed);
  estimate_elbo(curvature, posterior);
  posterior.location_se = curvature.is_valid ? location_error(curvature, settings.fit_draws)
                                             : Vector(posterior.guide->variance().cwiseSqrt());

  Index scalars = 0;
  for (const runtime::Quantity& quantity : model.quantities())
    scalars += static_cast<Index>(quantity.maps.size());
  posterior.constrained.resize(count, scalars);
  model.constrain(posterior.draws, posterior.seed, posterior.constrained);
  posterior.gradient_evaluations = evaluator.gradient_evaluations();
  posterior.density_evaluations = evaluator.density_evaluations();
}

}  // namespace vippl::inference
