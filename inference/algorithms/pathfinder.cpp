#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/climb.h"
#include "inference/evaluator.h"
#include "inference/fit_frame.h"
#include "inference/judge.h"
#include "inference/normal_mixture.h"
#include "inference/normal_score.h"
#include "inference/path_normals.h"
#include "inference/starts.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr Option options[] = {
    {.name = "paths",
     .kind = Option::Kind::whole,
     .summary = "climbs from points of uniform(-2, 2); of several the guide is a mixture",
     .initial = 4,
     .lower = 1,
     .upper = 1000},
    {.name = "draws",
     .kind = Option::Kind::whole,
     .summary = "draws that compare the normals along a path",
     .initial = 25,
     .lower = 2,
     .upper = 1e5},
};

constexpr std::size_t normals_per_path = 100;
constexpr int history = 6;            // of the climbs, as in Zhang et al. (2022)
constexpr Index largest_dense = 500;  // above, only scales are made
constexpr double infinity = std::numeric_limits<double>::infinity();

struct Best {
  Start normal;
  double elbo = -infinity;
};

Best best_along(Evaluator& evaluator, const std::vector<PathPoint>& path, const Points& noise,
                const Progress& progress) {
  Best best;
  for (Start& normal :
       path_normals(path, normals_per_path, evaluator.dimension() <= largest_dense)) {
    const double elbo = score_normal(evaluator, normal, noise).elbo;
    if (elbo > best.elbo) best = {std::move(normal), elbo};
    if (progress.interrupted()) break;
  }
  return best;
}

/// One normal per path that has one with draws inside the support, by falling ELBO.
std::vector<Best> walk_paths(Evaluator& evaluator, const Settings& settings, Progress& progress,
                             Posterior& posterior) {
  const int paths = static_cast<int>(pathfinder.value(settings, "paths"));
  const Points from = dispersed_points(evaluator, {paths, settings.seed});
  progress.begin("optimise", paths);
  const Stopwatch since_start;
  std::vector<Best> found;
  for (Index k = 0; k < from.rows(); ++k) {
    Points noise(static_cast<Index>(pathfinder.value(settings, "draws")), from.cols());
    Rng rng(settings.seed, runtime::Purpose::noise, 7, static_cast<std::uint32_t>(k));
    rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
    const std::vector<PathPoint> path = climb(evaluator, from.row(k), history, progress).path;
    Best best = best_along(evaluator, path, noise, progress);
    // Cut short, a path has no curvature yet: then units as they are, for the judge to call poor.
    if (progress.interrupted() && found.empty() && !std::isfinite(best.elbo) && !path.empty()) {
      const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(from.cols(), from.cols());
      best = {normal_start(path.back().x, identity), 0};
    }
    if (std::isfinite(best.elbo)) found.push_back(std::move(best));
    const TracePoint point{k + 1, posterior.seconds.start + since_start.seconds(),
                           found.empty() ? -infinity : found.back().elbo,
                           path.empty() ? 0 : path.back().gradient.norm(), 0};
    posterior.trace.push_back(point);
    progress.report(point);
    if (progress.interrupted()) break;
  }
  if (found.empty())
    throw FitError(
        fmt::format("no normal along {} paths had draws with a finite density only", from.rows()),
        evaluator.model().terms(from.row(0)), "");
  std::stable_sort(found.begin(), found.end(),
                   [](const Best& a, const Best& b) { return a.elbo > b.elbo; });
  return found;
}

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  const int paths = static_cast<int>(pathfinder.value(settings, "paths"));
  const bool is_mixture = paths > 1 && model.dimension() <= largest_dense;
  if (is_mixture && settings.guide != "auto")
    throw std::invalid_argument(
        "several paths make a mixture of normals: leave --guide out, or "
        "take one path with `--paths 1`");
  Stopwatch phase;
  Evaluator evaluator(model);
  Posterior posterior = unfitted(pathfinder, settings, nullptr);
  std::vector<Best> found = walk_paths(evaluator, settings, progress, posterior);
  if (is_mixture) {
    std::vector<Start> normals;
    for (Best& best : found) normals.push_back(std::move(best.normal));
    posterior.guide = make_normal_mixture(mixed_equally(std::move(normals)));
  } else {
    posterior.guide = make_guide(settings.guide, model.dimension());
    posterior.guide->start_at(found.front().normal, 1);
  }
  posterior.converged = !progress.interrupted();
  posterior.stop_reason = posterior.converged ? StopReason::converged : StopReason::interrupted;
  posterior.stop_sentence =
      fmt::format("the best normals of {} of {} paths, with ELBOs of {:.6g} to {:.6g} nats",
                  found.size(), paths, found.back().elbo, found.front().elbo);
  posterior.seconds.optimise = phase.restart();

  judge(evaluator, {}, progress, posterior);
  posterior.seconds.judge = phase.restart();
  return posterior;
}

}  // namespace

constinit const Algorithm pathfinder = {
    .name = "pathfinder",
    .summary = "normals from the curvature along climbs; those of several climbs, reweighted",
    .options = options,
    .run = &run};

}  // namespace vippl::inference::algorithms
