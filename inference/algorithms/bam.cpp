#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>
#include <numbers>
#include <optional>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/evaluator.h"
#include "inference/fit_frame.h"
#include "inference/left_to_go.h"
#include "inference/starts.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

constexpr Option options[] = {
    starts_option,
    {.name = "steps",
     .kind = Option::Kind::whole,
     .summary = "number of steps",
     .initial = 200,
     .lower = 1,
     .upper = 1e6},
    {.name = "draws",
     .kind = Option::Kind::whole,
     .summary = "draws of the guide per step",
     .initial = 32,
     .lower = 2,
     .upper = 1e5},
};

/// A normal and the triangle of its covariance.
struct Normal {
  Vector mean;
  Matrix factor;
};

/// Draws of the present normal with the gradients of the log density there.
struct Batch {
  Points z;
  Points gradients;
  double elbo = 0;  ///< an estimate, less constants of the normal's entropy
};

/// Leaves out draws without a finite density or gradient.
std::optional<Batch> draw_batch(Evaluator& evaluator, const Normal& at, Index draws, Rng& rng) {
  Points noise(draws, at.mean.size());
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
  Points z = noise * at.factor.triangularView<Eigen::Lower>().transpose();
  z.rowwise() += at.mean.transpose();
  LogDensities values(draws);
  Points gradients(draws, z.cols());
  evaluator.gradients(z, values, gradients);
  Batch batch;
  Index kept = 0;
  for (Index b = 0; b < draws; ++b) {
    if (!std::isfinite(values[b]) || !gradients.row(b).allFinite()) continue;
    z.row(kept) = z.row(b);
    gradients.row(kept) = gradients.row(b);
    batch.elbo += values[b];
    ++kept;
  }
  if (kept < 2) return std::nullopt;
  batch.elbo = batch.elbo / static_cast<double>(kept) + at.factor.diagonal().array().log().sum();
  batch.z = z.topRows(kept);
  batch.gradients = gradients.topRows(kept);
  return batch;
}

Matrix covariance_of(const Points& rows, const Vector& mean) {
  const Matrix centred = rows.rowwise() - mean.transpose();
  return centred.transpose() * centred / static_cast<double>(rows.rows());
}

/// The normal that matches the scores of the batch, held near `at` by the inverse of `rate`: the
/// covariance S solves S U S + S = V. With V = L L' and S = L X L' that is X A X + X = I for
/// A = L' U L, hence by eigenvalues. Cai et al. (2024), ICML, algorithm 1. Nothing where
/// rounding or a wild batch leaves no covariance.
std::optional<Normal> match(const Normal& at, const Batch& batch, double rate) {
  const Vector mean_z = batch.z.colwise().mean();
  const Vector mean_g = batch.gradients.colwise().mean();
  const double share = rate / (1 + rate);
  const Vector shift = at.mean - mean_z;
  const Matrix u =
      rate * covariance_of(batch.gradients, mean_g) + share * mean_g * mean_g.transpose();
  const Matrix v = at.factor * at.factor.transpose() + rate * covariance_of(batch.z, mean_z) +
                   share * shift * shift.transpose();
  const Matrix root = v.llt().matrixL();
  const Matrix a = root.transpose() * u * root;
  if (!a.allFinite()) return std::nullopt;
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(a);
  const Vector x = 2 / (1 + (1 + 4 * eigen.eigenvalues().array().cwiseMax(0)).sqrt());
  const Matrix half = root * eigen.eigenvectors();
  const Matrix covariance = half * x.asDiagonal() * half.transpose();
  const Eigen::LLT<Matrix> cholesky(covariance);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  Normal next{(1 - share) * at.mean + share * (covariance * mean_g + mean_z), cholesky.matrixL()};
  if (!next.mean.allFinite() || !next.factor.allFinite()) return std::nullopt;
  return next;
}

/// Takes the steps and says how they ended.
Normal take_steps(Evaluator& evaluator, const Settings& settings, Normal at, Progress& progress,
                  Posterior& posterior) {
  const auto steps = static_cast<std::int64_t>(bam.value(settings, "steps"));
  const auto draws = static_cast<Index>(bam.value(settings, "draws"));
  const double d = static_cast<double>(evaluator.dimension());
  const Stopwatch since_start;
  Rng rng(settings.seed, runtime::Purpose::noise, 5);
  progress.begin("optimise", steps);
  posterior.stop_reason = StopReason::iteration_limit;
  posterior.stop_sentence = fmt::format("took the {} steps asked for", steps);
  for (std::int64_t step = 1; step <= steps; ++step) {
    // The rate of the paper's experiments away from normal targets: it falls, so the noise of the
    // batches is averaged out.
    const double rate = static_cast<double>(draws) * d / static_cast<double>(step);
    const std::optional<Batch> batch = draw_batch(evaluator, at, draws, rng);
    std::optional<Normal> next = batch ? match(at, *batch, rate) : std::nullopt;
    if (!next) {
      posterior.stop_reason = StopReason::stalled;
      posterior.stop_sentence =
          fmt::format("step {} of {} had no finite scores to match", step, steps);
      break;
    }
    const double length = (next->mean - at.mean).norm();
    at = std::move(*next);
    const TracePoint point{step, posterior.seconds.start + since_start.seconds(),
                           batch->elbo + 0.5 * d * (1 + std::log(2 * std::numbers::pi)),
                           batch->gradients.colwise().mean().norm(), length};
    posterior.trace.push_back(point);
    progress.report(point);
    if (progress.interrupted()) {
      posterior.stop_reason = StopReason::interrupted;
      posterior.stop_sentence = fmt::format("interrupted after {} of {} steps", step, steps);
      break;
    }
  }
  return at;
}

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  require_full_rank(bam, settings);
  Stopwatch phase;
  Evaluator evaluator(model);
  Posterior posterior = unfitted(bam, settings, make_guide("fullrank", model.dimension()));

  const auto starts = static_cast<int>(bam.value(settings, "starts"));
  StartReport start = climb_to_starts(evaluator, starts, progress, posterior);
  Normal from{start.best.location, start.best.factor};
  if (from.factor.size() == 0) from.factor = start.best.scale.asDiagonal();
  posterior.seconds.start = phase.restart();

  Normal found = take_steps(evaluator, settings, std::move(from), progress, posterior);
  posterior.guide->start_at(normal_start(std::move(found.mean), std::move(found.factor)), 1);
  posterior.seconds.optimise = phase.restart();

  judge_against_starts(evaluator, {}, std::move(start), progress, posterior);
  if (posterior.stop_reason == StopReason::iteration_limit) require_nothing_left(posterior);
  posterior.seconds.judge = phase.restart();
  return posterior;
}

}  // namespace

constinit const Algorithm bam = {
    .name = "bam",
    .summary = "a full-rank normal by batch-and-match: its scores match those of the posterior",
    .options = options,
    .run = &run};

}  // namespace vippl::inference::algorithms
