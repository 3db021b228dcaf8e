#include "inference/mixture_fit.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "inference/matched_draws.h"
#include "inference/natural_steps.h"
#include "inference/whitening.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int most_steps = 40;
constexpr int most_halvings = 4;
constexpr Index judging_draws_per_normal = 1000;
constexpr double least_share = 0.01;  // of a normal, so that it can come back
constexpr double small_gain = 0.005;  // nats, that end the steps

/// What draws of each normal tell of log p - log q, in units in which that normal is standard.
struct View {
  double elbo = 0;
  Vector gains;  ///< expected under each normal
  std::vector<Vector> gradients;
  std::vector<Matrix> hessians;
  bool is_valid = false;
};

Points place(const Start& normal, const Points& y) {
  Points z = y * normal.factor.triangularView<Eigen::Lower>().transpose();
  z.rowwise() += normal.location.transpose();
  return z;
}

View look(Evaluator& evaluator, const MixedNormals& mixture, const Points& y,
          const Progress& progress) {
  View view;
  view.gains.resize(mixture.count());
  const std::unique_ptr<Guide> guide = make_normal_mixture(mixture);
  LogDensities log_p(y.rows()), log_q(y.rows());
  Points pull(y.rows(), y.cols()), own(y.rows(), y.cols());
  const auto goes_on = [&progress] { return !progress.interrupted(); };
  for (Index k = 0; k < mixture.count(); ++k) {
    const Start& normal = mixture.normals[static_cast<std::size_t>(k)];
    const Points z = place(normal, y);
    if (!evaluator.gradients_in_blocks(z, log_p, pull, goes_on)) return view;
    guide->log_density(z, log_q, own);
    pull = ((pull - own) * normal.factor.triangularView<Eigen::Lower>()).eval();
    if (!log_p.allFinite() || !pull.allFinite()) return view;
    view.gains[k] = (log_p - log_q).mean();
    view.gradients.emplace_back(pull.colwise().mean());
    const Matrix moment = pull.transpose() * y / static_cast<double>(y.rows());
    view.hessians.emplace_back(0.5 * (moment + moment.transpose()));
  }
  view.elbo = mixture.shares.dot(view.gains);
  view.is_valid = true;
  return view;
}

MixedNormals step_from(const MixedNormals& mixture, const View& view, double length) {
  MixedNormals next = mixture;
  const Matrix none = Matrix::Identity(view.hessians.front().rows(), view.hessians.front().cols());
  for (std::size_t k = 0; k < mixture.normals.size(); ++k)  // to its own precision plus what lacks
    next.normals[k] =
        natural_step(mixture.normals[k], view.gradients[k], view.hessians[k] - none, length);
  const Vector logs = mixture.shares.array().log() + length * view.gains.array();
  next.shares = (logs.array() - logs.maxCoeff()).exp();
  next.shares = (next.shares / next.shares.sum()).cwiseMax(least_share);
  next.shares /= next.shares.sum();
  return next;
}

/// On fresh draws, of each normal as many as its share says. The error is that of independent
/// draws, which those stay below.
FittedMixture scored(Evaluator& evaluator, MixedNormals mixture, std::uint64_t seed,
                     const Progress& progress) {
  const Index count = judging_draws_per_normal * mixture.count();
  const Index d = mixture.normals.front().location.size();
  Points z(count, d), noise(count, d);
  Rng rng(seed, runtime::Purpose::noise, 9, 1);
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
  double passed = 0;
  Index first = 0;
  for (Index k = 0; k < mixture.count(); ++k) {
    passed += mixture.shares[k];
    const bool is_last = k + 1 == mixture.count();
    const Index end =
        is_last ? count : static_cast<Index>(std::lround(passed * static_cast<double>(count)));
    z.middleRows(first, end - first) =
        place(mixture.normals[static_cast<std::size_t>(k)], noise.middleRows(first, end - first));
    first = end;
  }
  LogDensities log_p(count);
  const auto goes_on = [&progress] { return !progress.interrupted(); };
  FittedMixture result{std::move(mixture), -infinity, infinity};
  if (!evaluator.densities_in_blocks(z, log_p, goes_on) || !log_p.allFinite()) return result;
  const Vector terms = log_p - log_sum_of_rows(log_parts(result.mixture, z));
  const double size = static_cast<double>(count);
  result.elbo = terms.mean();
  result.elbo_se = std::sqrt((terms.array() - result.elbo).square().sum() / (size - 1) / size);
  return result;
}

}  // namespace

MixedNormals split_guide(const Posterior& posterior) {
  constexpr double widening = 1.5;
  constexpr double shift = 1.5, narrowing = 0.75;
  const Guide& guide = *posterior.guide;
  const Start centre = normal_start(guide.mean(), guide.covariance().llt().matrixL());
  const Points y = Whitening(centre).standardise(posterior.draws);
  const Vector weights = posterior.log_weights.array().exp();
  const Vector mean = y.transpose() * weights;
  const Points centred = y.rowwise() - mean.transpose();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(centred.transpose() * weights.asDiagonal() *
                                                    centred);
  const Vector direction = eigen.eigenvectors().col(y.cols() - 1);
  Matrix squeezed = Matrix::Identity(y.cols(), y.cols());
  squeezed += (narrowing * narrowing - 1) * direction * direction.transpose();
  const Matrix root = squeezed.llt().matrixL();
  const auto factor = centre.factor.triangularView<Eigen::Lower>();
  const Vector aside = shift * (factor * direction).eval();
  std::vector<Start> normals = {normal_start(centre.location, widening * centre.factor)};
  for (const double side : {-1.0, 1.0})
    normals.push_back(normal_start(centre.location + side * aside, factor * root));
  return mixed_equally(std::move(normals));
}

FittedMixture fit_mixture(Evaluator& evaluator, MixedNormals mixture, std::uint64_t seed,
                          const Progress& progress, const Budget& budget) {
  const Index d = mixture.normals.front().location.size();
  const MatchPlan plan = plan_match(d, d);
  Points y(plan.draws, d);
  Rng rng(seed, runtime::Purpose::noise, 9, 0);
  fill_matched(rng, plan.block, y);

  View view = look(evaluator, mixture, y, progress);
  for (int step = 0; view.is_valid && step < most_steps; ++step) {
    double length = 1;
    double gain = 0;
    for (int halving = 0; halving <= most_halvings; ++halving, length *= 0.5) {
      if (budget.is_spent(evaluator.gradient_evaluations())) break;
      MixedNormals next = step_from(mixture, view, length);
      View next_view = look(evaluator, next, y, progress);
      gain = next_view.is_valid ? next_view.elbo - view.elbo : 0;
      if (!(gain > 0)) continue;
      mixture = std::move(next);
      view = std::move(next_view);
      break;
    }
    if (!(gain > small_gain)) break;
  }
  return scored(evaluator, std::move(mixture), seed, progress);
}

}  // namespace vippl::inference
