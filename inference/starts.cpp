#include "inference/starts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "inference/algorithm.h"
#include "inference/climb.h"
#include "inference/laplace.h"
#include "inference/normal_score.h"
#include "inference/path_normals.h"
#include "runtime/random.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int most_attempts = 25;     // at a set of starting points
constexpr Index common_draws = 25;    // that compare candidates; Pathfinder takes 5 to 30
constexpr Index largest_dense = 500;  // above, Hessians and dense path normals cost too much
constexpr std::size_t normals_per_path = 20;
constexpr int climb_history = 10;
// Log weights that vary less than this under the best Laplace approximation: no path point can
// better it by much.
constexpr double close_enough = 0.5;
constexpr double same_end = 0.1;  // posterior sds between ends that are one mode

struct Candidate {
  Start start;
  NormalScore score;
};

/// Another stream of prior draws for each attempt.
std::uint64_t prior_seed(const StartSettings& settings, int attempt) {
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;
  return settings.seed + static_cast<std::uint64_t>(attempt) * golden;
}

void fill_uniform(const StartSettings& settings, int attempt, Index row, Points& points) {
  Rng rng(settings.seed, runtime::Purpose::start, 0, static_cast<std::uint32_t>(row),
          static_cast<std::uint32_t>(attempt));
  for (Index j = 0; j < points.cols(); ++j) points(row, j) = 4 * rng.uniform() - 2;
}

/// Rows 0, 2, ... from the prior, rows 1, 3, ... uniform on (-2, 2).
Points propose(const Evaluator& evaluator, const StartSettings& settings, int attempt) {
  Points points(settings.count, evaluator.dimension());
  evaluator.model().draw_prior(prior_seed(settings, attempt), points);
  for (Index row = 1; row < points.rows(); row += 2) fill_uniform(settings, attempt, row, points);
  return points;
}

/// Of points that all have terms which are not finite, the one with the fewest, then with the
/// largest sum of the others: what is wrong there is wrong with the model rather than with the
/// point.
Vector least_bad(const runtime::LogDensity& model, const Points& points) {
  Vector best = points.row(0);
  std::pair<int, double> best_score = {std::numeric_limits<int>::max(), 0};
  for (Index row = 0; row < points.rows(); ++row) {
    const Vector point = points.row(row);
    std::pair<int, double> score = {0, 0};
    for (const runtime::Term& term : model.terms(point)) {
      if (std::isfinite(term.value))
        score.second -= term.value;
      else
        ++score.first;
    }
    if (score >= best_score) continue;
    best_score = score;
    best = point;
  }
  return best;
}

[[noreturn]] void refuse_dead_points(const runtime::LogDensity& model, const Points& some,
                                     int tried) {
  const Vector best = least_bad(model, some);
  throw FitError(fmt::format("the log density is not finite at any of {} starting points", tried),
                 model.terms(best), model.trace_non_finite(best));
}

/// Up to settings.count points with a finite value and gradient, in rows.
std::vector<Vector> live_points(Evaluator& evaluator, const StartSettings& settings) {
  std::vector<Vector> live;
  Points first;
  for (int attempt = 0; attempt < most_attempts && live.empty(); ++attempt) {
    const Points points = propose(evaluator, settings, attempt);
    if (attempt == 0) first = points;
    LogDensities values(points.rows());
    Points gradients(points.rows(), points.cols());
    evaluator.gradients(points, values, gradients);
    for (Index row = 0; row < points.rows(); ++row)
      if (std::isfinite(values[row]) && gradients.row(row).allFinite())
        live.push_back(points.row(row));
  }
  if (live.empty()) refuse_dead_points(evaluator.model(), first, most_attempts * settings.count);
  return live;
}

/// Whether `end` is, in units of `start`, where `start` is.
bool is_same_end(const Start& start, const Vector& end) {
  const Vector shift = end - start.location;
  if (start.factor.size() == 0)
    return shift.cwiseQuotient(start.scale).cwiseAbs().maxCoeff() < same_end;
  return start.factor.triangularView<Eigen::Lower>().solve(shift).norm() < same_end;
}

const Candidate* best_of(const std::vector<Candidate>& candidates) {
  const Candidate* best = nullptr;
  for (const Candidate& candidate : candidates)
    if (best == nullptr || candidate.score.elbo > best->score.elbo) best = &candidate;
  return best;
}

/// One Laplace approximation per mode: ends that an earlier one already covers are not looked at
/// again. Fills the ends of the report.
std::vector<Candidate> approximate_ends(Evaluator& evaluator, const std::vector<Climb>& climbs,
                                        const Points& noise, const Progress& progress,
                                        StartReport& report) {
  std::vector<Candidate> candidates;
  std::size_t arrived = 0;
  for (const Climb& at : climbs) {
    if (progress.interrupted() && !candidates.empty()) break;
    if (at.has_arrived) ++arrived;
    const auto covers = [&at](const EndWithNormal& e) {
      return e.normal.location.size() > 0 && is_same_end(e.normal, at.x);
    };
    const auto known = std::find_if(report.ends.begin(), report.ends.end(), covers);
    if (known != report.ends.end()) {
      if (at.has_arrived) ++known->end.starts;
      continue;
    }
    Candidate candidate;
    std::optional<Start> normal = laplace(evaluator, at.x, at.gradient);
    if (normal) {
      candidate.start = std::move(*normal);
      candidate.score = score_normal(evaluator, candidate.start, noise);
      candidates.push_back(candidate);
    }
    if (at.has_arrived)
      report.ends.push_back(
          {{1, at.x, at.log_density, candidate.score.elbo, false}, std::move(candidate.start)});
  }
  if (report.ends.size() > 1)
    report.notes.push_back(
        fmt::format("{} starts ended at {} different points", arrived, report.ends.size()));
  return candidates;
}

}  // namespace

StartReport find_start(Evaluator& evaluator, const StartSettings& settings, Progress& progress) {
  const Index d = evaluator.dimension();
  const bool dense = d <= largest_dense;
  const std::vector<Vector> points = live_points(evaluator, settings);
  StartReport report;
  if (const auto dead = static_cast<std::size_t>(settings.count) - points.size(); dead > 0)
    report.notes.push_back(
        fmt::format("{} of {} starts had no finite density", dead, settings.count));

  std::vector<Climb> climbs;
  for (const Vector& point : points) {
    climbs.push_back(climb(evaluator, point, climb_history, progress));
    if (progress.interrupted()) break;
    if (!settings.budget.ends_starts(evaluator.gradient_evaluations())) continue;
    if (climbs.size() < points.size())
      report.notes.push_back(fmt::format("{} of {} starts were tried, as many as the budget allows",
                                         climbs.size(), points.size()));
    break;
  }
  std::stable_sort(climbs.begin(), climbs.end(),
                   [](const Climb& a, const Climb& b) { return a.log_density > b.log_density; });

  Points noise(common_draws, d);
  Rng rng(settings.seed, runtime::Purpose::start, 1);
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});

  std::vector<Candidate> candidates;
  if (dense) candidates = approximate_ends(evaluator, climbs, noise, progress, report);

  const Candidate* best = best_of(candidates);
  if (best == nullptr || !(best->score.spread < close_enough)) {
    for (const Climb& at : climbs)
      for (Start& normal : path_normals(at.path, normals_per_path, dense)) {
        if (progress.interrupted() && !candidates.empty()) break;
        const NormalScore score = score_normal(evaluator, normal, noise);
        candidates.push_back({std::move(normal), score});
      }
    best = best_of(candidates);
  }
  if (best == nullptr) {  // no path was long enough to learn a scale from
    report.best = identity_start(d);
    report.best.location = climbs.front().x;
    report.elbo = -infinity;
    report.spread = infinity;
    return report;
  }
  report.best = best->start;
  report.elbo = best->score.elbo;
  report.spread = best->score.spread;
  // Where every candidate has draws outside the support, at least the location shall lie inside.
  if (!std::isfinite(best->score.elbo)) report.best.location = climbs.front().x;
  return report;
}

Points dispersed_points(Evaluator& evaluator, const StartSettings& settings) {
  Points found(settings.count, evaluator.dimension());
  Points points(settings.count, evaluator.dimension());
  LogDensities values(points.rows());
  Points gradients(points.rows(), points.cols());
  std::vector<Index> dead(static_cast<std::size_t>(settings.count));
  std::iota(dead.begin(), dead.end(), Index{0});
  for (int attempt = 0; attempt < most_attempts && !dead.empty(); ++attempt) {
    if (attempt % 2 == 0) {
      for (const Index row : dead) fill_uniform(settings, attempt, row, points);
    } else {
      evaluator.model().draw_prior(prior_seed(settings, attempt), points);
    }
    evaluator.gradients(points, values, gradients);
    std::erase_if(dead, [&](Index row) {
      if (!std::isfinite(values[row]) || !gradients.row(row).allFinite()) return false;
      found.row(row) = points.row(row);
      return true;
    });
  }
  if (static_cast<int>(dead.size()) == settings.count)
    refuse_dead_points(evaluator.model(), points, most_attempts * settings.count);
  Index live = 0;
  while (std::find(dead.begin(), dead.end(), live) != dead.end()) ++live;
  for (const Index row : dead) found.row(row) = found.row(live);
  return found;
}

}  // namespace vippl::inference
