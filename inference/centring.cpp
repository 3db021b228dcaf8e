#include "inference/centring.h"

#include <cmath>
#include <limits>
#include <utility>

#include "inference/algorithm.h"
#include "inference/evaluator.h"
#include "inference/natural_steps.h"
#include "inference/normal_score.h"
#include "inference/starts.h"
#include "inference/stopwatch.h"
#include "runtime/random.h"

namespace vippl::inference {

namespace {

constexpr int climbs = 4;
constexpr std::size_t most_flips = 8;  // candidates that are also tried one by one
constexpr double clear_gain = 0.2;     // nats that another parameterisation has to be better by
constexpr double close_enough = 0.5;   // spread of log weights that leaves nothing to be gained
constexpr Eigen::Index common_draws = 200;

/// The ELBO of the best normal that is cheaply found; -infinity if there is none.
double best_normal_elbo(Evaluator& evaluator, std::uint64_t seed, Progress& progress,
                        const Budget& budget) {
  StartReport report;
  try {
    report = find_start(evaluator, {climbs, seed, budget}, progress);
  } catch (const FitError&) {
    return -std::numeric_limits<double>::infinity();
  }
  Start start = std::move(report.best);
  if (!(report.spread < close_enough) && start.factor.size() > 0)
    start = natural_steps(evaluator, std::move(start), seed, progress);
  runtime::Points noise(common_draws, evaluator.dimension());
  runtime::Rng rng(seed, runtime::Purpose::start, 3);
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
  const double elbo = score_normal(evaluator, start, noise).elbo;
  return std::isnan(elbo) ? -std::numeric_limits<double>::infinity() : elbo;
}

}  // namespace

CentringChoice choose_centring(std::size_t candidates, const MakeVariant& make_variant,
                               std::uint64_t seed, Progress& progress, const Budget& budget) {
  CentringChoice choice;
  std::vector<bool>& best = choice.noncentred;
  best.assign(candidates, false);
  if (candidates == 0) return choice;
  const Stopwatch watch;
  const auto score = [&](const std::vector<bool>& noncentred) {
    const std::unique_ptr<runtime::LogDensity> model = make_variant(noncentred);
    Evaluator evaluator(*model);
    const double found =
        best_normal_elbo(evaluator, seed, progress, budget.after(choice.gradient_evaluations));
    choice.gradient_evaluations += evaluator.gradient_evaluations();
    choice.density_evaluations += evaluator.density_evaluations();
    return found;
  };
  double elbo = score(best);
  const auto try_out = [&](const std::vector<bool>& other) {
    choice.is_cut = choice.is_cut || budget.ends_starts(choice.gradient_evaluations);
    if (progress.interrupted() || choice.is_cut) return;
    const double found = score(other);
    if (!(found > elbo + clear_gain)) return;
    elbo = found;
    best = other;
  };
  try_out(std::vector<bool>(candidates, true));
  for (std::size_t i = 0; 1 < candidates && candidates <= most_flips && i < candidates; ++i) {
    std::vector<bool> other = best;
    other[i] = !other[i];
    try_out(other);
  }
  choice.seconds = watch.seconds();
  return choice;
}

}  // namespace vippl::inference
