#include "inference/linear_response.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "inference/fixed_noise_elbo.h"
#include "inference/matched_draws.h"
#include "inference/mean_gradients.h"
#include "inference/scalar_names.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

constexpr Index largest_block = 200;  // of coordinates that are matched together
// Length of the step of a difference of gradients, in units of the guide: as in laplace.cpp, where
// third derivatives and the rounding of an integrated equation both stay small.
constexpr double difference_step = 1e-3;
constexpr double residual_tolerance = 1e-3;  // of conjugate gradients, relative
constexpr int most_iterations = 200;
constexpr std::int64_t least_budget = 200000;
constexpr std::int64_t times_the_fit = 2;

/// Fewer draws than a fit of this size takes: their noise is no longer climbed, only averaged.
Points response_noise(const Guide& guide, std::uint64_t seed) {
  const Index block = std::min(guide.noise_dimension(), largest_block);
  Points noise(std::max<Index>(128, 3 * block / 2 * 2), guide.noise_dimension());
  Rng rng(seed, runtime::Purpose::noise, 4);
  fill_matched(rng, block, noise);
  return noise;
}

/// The Hessian of the negative ELBO over fixed draws at the guide's parameters, as a product.
class NegativeElboHessian {
 public:
  NegativeElboHessian(Evaluator& evaluator, Guide& guide, const Points& noise,
                      const Progress& progress)
      : elbo_(evaluator, guide, noise, &progress),
        centre_(guide.parameters()),
        above_(centre_.size()),
        below_(centre_.size()),
        cost_(2 * noise.rows()) {}

  Index size() const { return centre_.size(); }
  /// Gradients that one product takes.
  std::int64_t cost() const { return cost_; }

  /// False where a draw had no finite density, or the user interrupted.
  bool multiply(const Vector& direction, Vector& product) {
    const double step = difference_step / direction.norm();
    if (!std::isfinite(elbo_.evaluate(centre_ + step * direction, above_))) return false;
    if (!std::isfinite(elbo_.evaluate(centre_ - step * direction, below_))) return false;
    product = (below_ - above_) / (2 * step);
    return true;
  }

 private:
  FixedNoiseElbo elbo_;
  Vector centre_;
  Vector above_;
  Vector below_;
  std::int64_t cost_;
};

/// The whole Hessian, if it is finite and positive definite.
std::optional<Eigen::LLT<Matrix>> factorise(NegativeElboHessian& hessian) {
  Matrix columns(hessian.size(), hessian.size());
  Vector product(hessian.size());
  for (Index i = 0; i < hessian.size(); ++i) {
    if (!hessian.multiply(Vector::Unit(hessian.size(), i), product)) return std::nullopt;
    columns.col(i) = product;
  }
  const Matrix symmetric = 0.5 * (columns + columns.transpose());
  Eigen::LLT<Matrix> cholesky(symmetric);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  return cholesky;
}

/// g' inverse(H) g by conjugate gradients. The guide's own units are the preconditioner: in them
/// the diagonal of H is about 1 for locations and 2 for log scales. Nothing where H is not positive
/// along a direction, the iteration does not settle, or `left` gradients do not last.
std::optional<double> quadratic_form(NegativeElboHessian& hessian, const Vector& g,
                                     std::int64_t& left) {
  Vector residual = g, direction = g, product(g.size()), solution = Vector::Zero(g.size());
  const double wanted = residual_tolerance * residual_tolerance * g.squaredNorm();
  double square = g.squaredNorm();
  if (square == 0) return 0;
  for (int iteration = 0; iteration < most_iterations && left >= hessian.cost(); ++iteration) {
    left -= hessian.cost();
    if (!hessian.multiply(direction, product)) return std::nullopt;
    const double curvature = direction.dot(product);
    if (!(curvature > 0)) return std::nullopt;
    solution += square / curvature * direction;
    residual -= square / curvature * product;
    const double next = residual.squaredNorm();
    if (next <= wanted) return g.dot(solution);
    direction = residual + next / square * direction;
    square = next;
  }
  return std::nullopt;
}

}  // namespace

LinearResponse linear_response(Evaluator& evaluator, const Guide& guide, std::uint64_t seed,
                               const LinearResponseSettings& settings, const Progress& progress) {
  const std::unique_ptr<Guide> in_own_units = guide.clone();
  in_own_units->start_at(guide.as_start(), 1);
  const Points noise = response_noise(*in_own_units, seed);
  NegativeElboHessian hessian(evaluator, *in_own_units, noise, progress);
  MeanGradients gradients(evaluator.model(), *in_own_units, noise, seed);
  LinearResponse result{
      Vector::Constant(scalar_count(evaluator.model()), std::numeric_limits<double>::quiet_NaN()),
      ""};

  std::int64_t left = settings.most_gradients;
  std::size_t wanted = gradients.columns().size();
  const bool is_prepared = gradients.preparation_points() <= left;
  gradients.prepare(is_prepared);
  if (is_prepared) wanted = gradients.columns().size();
  const bool is_dense =
      hessian.size() <= settings.largest_dense && hessian.size() * hessian.cost() <= left;
  std::optional<Eigen::LLT<Matrix>> cholesky;
  if (is_dense) {
    cholesky = factorise(hessian);
    if (progress.interrupted()) return result;
    if (!cholesky) {
      result.note = "no linear-response sds: around the fit the ELBO is not finite and concave";
      return result;
    }
  }
  std::size_t found = 0;
  for (const Index column : gradients.columns()) {
    if (progress.interrupted() || (!is_dense && left < hessian.cost())) break;
    const Vector g = gradients.of(column);
    const std::optional<double> variance =
        is_dense ? cholesky->matrixL().solve(g).squaredNorm() : quadratic_form(hessian, g, left);
    if (!variance || !(*variance >= 0)) continue;
    result.sd[column] = std::sqrt(*variance);
    ++found;
  }
  if (found < wanted && !progress.interrupted())
    result.note = fmt::format("linear-response sds of {} of {} values only, within {} gradients",
                              found, wanted, settings.most_gradients);
  return result;
}

void add_linear_response(Evaluator& evaluator, const Progress& progress, Posterior& posterior) {
  const Guide& guide = *posterior.guide;
  const Start own = guide.as_start();
  const bool has_correlations = own.factor.size() > 0 || own.precision.size() > 0;
  if (posterior.guide_request == "auto" || has_correlations || !guide.is_normal()) return;
  if (posterior.stop_reason == StopReason::interrupted) return;
  LinearResponseSettings settings;
  settings.most_gradients = std::max(least_budget, times_the_fit * posterior.gradient_evaluations);
  LinearResponse response = linear_response(evaluator, guide, posterior.seed, settings, progress);
  posterior.linear_response_sd = std::move(response.sd);
  if (!response.note.empty()) posterior.notes.push_back(std::move(response.note));
  posterior.gradient_evaluations = evaluator.gradient_evaluations();
}

}  // namespace vippl::inference
