#include "inference/natural_steps.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "inference/matched_draws.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

constexpr int most_steps = 15;
constexpr int most_halvings = 4;
// No variance shrinks or grows by more than these factors in one step, no mean moves by more than
// this many sds on average: further the draws know nothing of the density. A small curvature may be
// the noise of the draws, and a variance that is too large costs more than one that is too small.
constexpr double most_shrinkage = 4;
constexpr double most_growth = 2;
constexpr double most_shift = 1;
// What the optimiser that follows does in few iterations.
constexpr double small_gain = 0.05;  // nats

/// What the draws of a normal tell, in units in which it is standard.
struct View {
  double elbo = 0;
  Vector gradient;  ///< expected
  Matrix hessian;   ///< expected
  bool is_valid = false;
};

View look(Evaluator& evaluator, const Start& start, const Points& y, const Progress& progress) {
  View view;
  const auto factor = start.factor.triangularView<Eigen::Lower>();
  Points z = y * factor.transpose();
  z.rowwise() += start.location.transpose();
  LogDensities values(z.rows());
  Points gradients(z.rows(), z.cols());
  const auto goes_on = [&progress] { return !progress.interrupted(); };
  if (!evaluator.gradients_in_blocks(z, values, gradients, goes_on)) return view;
  if (!values.allFinite() || !gradients.allFinite()) return view;
  gradients = (gradients * factor).eval();
  view.elbo = values.mean() + start.factor.diagonal().array().log().sum();
  view.gradient = gradients.colwise().mean();
  const Matrix moment = gradients.transpose() * y / static_cast<double>(y.rows());
  view.hessian = 0.5 * (moment + moment.transpose());
  view.is_valid = true;
  return view;
}

}  // namespace

Start natural_step(const Start& start, const Vector& gradient, const Matrix& hessian,
                   double share) {
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(-hessian);
  const Matrix& directions = eigen.eigenvectors();
  const Vector precision = eigen.eigenvalues().cwiseMax(1 / most_growth).cwiseMin(most_shrinkage);
  Vector shift = directions * (directions.transpose() * gradient).cwiseQuotient(precision);
  const double most = most_shift * std::sqrt(static_cast<double>(shift.size()));
  shift *= share * std::min(1.0, most / std::max(most, shift.norm()));
  const Vector variance = precision.array().pow(-share);
  const Matrix covariance = directions * variance.asDiagonal() * directions.transpose();
  const Matrix root = covariance.llt().matrixL();
  const auto factor = start.factor.triangularView<Eigen::Lower>();
  return normal_start(start.location + factor * shift, factor * root);
}

Start natural_steps(Evaluator& evaluator, Start start, std::uint64_t seed, const Progress& progress,
                    Index draws) {
  const Index d = start.location.size();
  MatchPlan plan = plan_match(d, d);
  plan.draws = std::max(plan.draws, draws);
  Points y(plan.draws, d);
  Rng rng(seed, runtime::Purpose::noise, 3);
  fill_matched(rng, plan.block, y);

  View view = look(evaluator, start, y, progress);
  for (int step = 0; view.is_valid && step < most_steps; ++step) {
    double share = 1;
    double gain = 0;
    for (int halving = 0; halving <= most_halvings; ++halving, share *= 0.5) {
      Start next = natural_step(start, view.gradient, view.hessian, share);
      View next_view = look(evaluator, next, y, progress);
      gain = next_view.is_valid ? next_view.elbo - view.elbo : 0;
      if (!(gain > 0)) continue;
      start = std::move(next);
      view = std::move(next_view);
      break;
    }
    if (!(gain > small_gain)) break;
  }
  return start;
}

}  // namespace vippl::inference
