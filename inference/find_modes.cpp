#include "inference/find_modes.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "inference/natural_steps.h"
#include "inference/psis.h"
#include "inference/rival_ends.h"
#include "inference/scalar_names.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

constexpr std::size_t most_modes = 8;
constexpr Index largest_fitted = 200;  // coordinates; above, the curvature at the mode has to do
constexpr double most_numbers = 2e7;   // of reported scalars held at once: 160 MB

/// The guide as a full-rank normal: what other families lack would look like a difference between
/// modes.
Start home_normal(Evaluator& evaluator, const Posterior& posterior, const Progress& progress) {
  const Guide& guide = *posterior.guide;
  Start home = normal_start(guide.mean(), guide.covariance().llt().matrixL());
  if (guide.name() == "fullrank" || guide.dimension() > largest_fitted) return home;
  return natural_steps(evaluator, std::move(home), posterior.seed, progress);
}

bool is_same_mode(const Start& a, const Start& b) {
  return !is_outside(a, b.location) || !is_outside(b, a.location);
}

/// One normal per mode, that of the guide first, with the climbs that ended there.
FittedModes fit_normals(Evaluator& evaluator, const std::vector<EndWithNormal>& ends,
                        const Posterior& posterior, const Progress& progress) {
  FittedModes result;
  result.normals.push_back(home_normal(evaluator, posterior, progress));
  result.modes.found.emplace_back();
  std::vector<const EndWithNormal*> by_elbo;
  for (const EndWithNormal& at : ends) {
    if (at.end.is_rival)
      by_elbo.push_back(&at);
    else if (!is_outside(result.normals.front(), at.end.location))
      result.modes.found.front().starts += at.end.starts;
  }
  std::stable_sort(by_elbo.begin(), by_elbo.end(),
                   [](const auto* a, const auto* b) { return a->end.elbo > b->end.elbo; });
  for (const EndWithNormal* at : by_elbo) {
    if (result.normals.size() == most_modes || progress.interrupted()) break;
    Start normal = at->normal;
    if (normal.location.size() <= largest_fitted)
      normal = natural_steps(evaluator, std::move(normal), posterior.seed, progress);
    const auto known = std::find_if(result.normals.begin(), result.normals.end(),
                                    [&](const Start& n) { return is_same_mode(n, normal); });
    if (known != result.normals.end()) {
      result.modes.found[static_cast<std::size_t>(known - result.normals.begin())].starts +=
          at->end.starts;
      continue;
    }
    result.normals.push_back(std::move(normal));
    result.modes.found.push_back({.starts = at->end.starts});
  }
  return result;
}

/// Draws of each normal, one after another in equal numbers.
Points draw_each(const std::vector<Start>& normals, Index per_mode, std::uint64_t seed) {
  const Index d = normals.front().location.size();
  Points z(per_mode * std::ssize(normals), d);
  Points noise(per_mode, d);
  for (std::size_t k = 0; k < normals.size(); ++k) {
    Rng rng(seed, runtime::Purpose::noise, 8, static_cast<std::uint32_t>(k));
    rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
    auto rows = z.middleRows(static_cast<Index>(k) * per_mode, per_mode);
    rows = noise * normals[k].factor.triangularView<Eigen::Lower>().transpose();
    rows.rowwise() += normals[k].location.transpose();
  }
  return z;
}

void set_moments(const runtime::Draws& draws, const Vector& weights, Mode& mode) {
  mode.mean = draws.transpose() * weights;
  mode.sd =
      ((draws.rowwise() - mode.mean.transpose()).array().square().matrix().transpose() * weights)
          .cwiseSqrt();
}

Vector softmax(const Vector& x) {
  const Vector raised = (x.array() - x.maxCoeff()).exp();
  return raised / raised.sum();
}

/// The draws, the ELBO of the normal at each mode, its share and its moments.
void weigh_modes(Evaluator& evaluator, std::uint64_t seed, const Progress& progress,
                 FittedModes& result) {
  Modes& modes = result.modes;
  const runtime::LogDensity& model = evaluator.model();
  const Index count = std::ssize(modes.found);
  const double numbers =
      static_cast<double>(count * (scalar_count(model) + 2 * model.dimension() + count));
  const Index per_mode = std::clamp<Index>(static_cast<Index>(most_numbers / numbers), 200, 1000);
  const Points z = draw_each(result.normals, per_mode, seed);
  LogDensities log_p(z.rows());
  if (!evaluator.densities_in_blocks(z, log_p, [&] { return !progress.interrupted(); })) {
    result = {};
    return;
  }
  const MixedNormals mixture = mixed_equally(result.normals);
  const Matrix parts = log_parts(mixture, z);
  const Vector log_q = log_sum_of_rows(parts);
  for (Index s = 0; s < z.rows(); ++s)
    if (!std::isfinite(log_p[s])) log_p[s] = -std::numeric_limits<double>::infinity();
  const SmoothedWeights weights = smooth_weights(log_p - log_q);
  modes.khat = weights.khat;
  modes.is_weighed = weights.khat < khat_limit(z.rows()) || weights.spread < negligible_spread;

  runtime::Draws draws(z.rows(), scalar_count(model));
  model.constrain(z, seed, draws);
  Vector elbos(count);
  for (Index k = 0; k < count; ++k) {
    Mode& mode = modes.found[static_cast<std::size_t>(k)];
    const auto own = Eigen::seqN(k * per_mode, per_mode);
    const double log_share = std::log(mixture.shares[k]);
    elbos[k] = mode.elbo = (log_p(own) - parts(own, k)).mean() + log_share;
    if (modes.is_weighed) {
      const Vector mine = (weights.log_weights + parts.col(k) - log_q).array().exp();
      mode.share = mine.sum();
      set_moments(draws, mine / mode.share, mode);
    } else {
      set_moments(draws(own, Eigen::all),
                  Vector::Constant(per_mode, 1 / static_cast<double>(per_mode)), mode);
    }
  }
  if (modes.is_weighed) return;
  const Vector shares = softmax(elbos);
  for (Index k = 0; k < count; ++k) modes.found[static_cast<std::size_t>(k)].share = shares[k];
}

/// Modes that turned out to hold next to nothing.
void drop_empty(FittedModes& result) {
  constexpr double least_share = 0.001;
  for (std::size_t k = result.normals.size(); k-- > 1;) {
    if (result.modes.found[k].share >= least_share) continue;
    result.modes.found.erase(result.modes.found.begin() + static_cast<std::ptrdiff_t>(k));
    result.normals.erase(result.normals.begin() + static_cast<std::ptrdiff_t>(k));
  }
}

}  // namespace

FittedModes find_modes(Evaluator& evaluator, const std::vector<EndWithNormal>& ends,
                       const Posterior& posterior, Progress& progress) {
  progress.begin("modes", 0);
  FittedModes result = fit_normals(evaluator, ends, posterior, progress);
  if (result.normals.size() < 2 || progress.interrupted()) return {};
  weigh_modes(evaluator, posterior.seed, progress, result);
  drop_empty(result);
  if (result.normals.size() < 2) return {};
  mark_exchanges(evaluator.model().quantities(), result.modes);
  return result;
}

}  // namespace vippl::inference
