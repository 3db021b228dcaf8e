#include "inference/stochastic_elbo.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "lang/diagnostic.h"

namespace vippl::inference {

RowSampler::RowSampler(Eigen::Index row_count, Eigen::Index batch_size, std::uint64_t seed)
    : rng_(seed, runtime::Purpose::batch),
      order_(static_cast<std::size_t>(row_count)),
      batch_size_(static_cast<std::size_t>(batch_size)),
      used_(order_.size()) {
  VIPPL_ASSERT(batch_size <= row_count, "a batch is not larger than the plate");
  std::iota(order_.begin(), order_.end(), 0);
}

void RowSampler::shuffle() {
  for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[rng_.index(i)]);
  used_ = 0;
}

runtime::Rows RowSampler::next() {
  if (used_ + batch_size_ > order_.size()) shuffle();
  const std::span<const std::int32_t> all = order_;
  used_ += batch_size_;
  return {all.subspan(used_ - batch_size_, batch_size_)};
}

StochasticElbo::StochasticElbo(Evaluator& evaluator, Guide& guide,
                               const StochasticElboSettings& settings, std::uint64_t seed)
    : evaluator_(evaluator),
      guide_(guide),
      settings_(settings),
      has_batches_(evaluator.model().batch_size() > 0),
      noise_rng_(seed, runtime::Purpose::noise),
      rows_(evaluator.model().row_count(), evaluator.model().batch_size(), seed),
      noise_(settings.draws, guide.noise_dimension()),
      half_noise_(settings.draws / 2, guide.noise_dimension()),
      z_(settings.draws, guide.dimension()),
      gradients_(settings.draws, guide.dimension()),
      guide_gradients_(settings.draws, guide.dimension()),
      values_(settings.draws),
      guide_values_(settings.draws) {
  VIPPL_ASSERT(settings.estimator == GradientEstimator::sticking_the_landing || guide.entropy(),
               "the guide has a closed-form entropy");
  VIPPL_ASSERT(settings.noise == Noise::independent || settings.draws % 2 == 0,
               "antithetic draws come in pairs");
}

bool StochasticElbo::anchor_at(const Eigen::VectorXd& point) {
  VIPPL_ASSERT(has_batches_, "only a minibatch gets something wrong");
  Points at(1, point.size());
  Points gradient(1, point.size());
  LogDensities value(1);
  at.row(0) = point;
  evaluator_.gradients(at, value, gradient);
  if (!std::isfinite(value[0]) || !gradient.allFinite()) return false;
  is_anchored_ = true;
  anchor_value_ = value[0];
  anchor_gradient_ = gradient.row(0);
  const Eigen::Index draws = settings_.draws;
  points_.resize(draws + 1, point.size());
  point_gradients_.resize(draws + 1, point.size());
  point_values_.resize(draws + 1);
  points_.row(draws) = point;
  return true;
}

void StochasticElbo::draw() {
  if (settings_.noise == Noise::independent) {
    guide_.draw(noise_rng_, noise_, z_);
    return;
  }
  const Eigen::Index half = settings_.draws / 2;
  noise_rng_.fill_normal({half_noise_.data(), static_cast<std::size_t>(half_noise_.size())});
  noise_.topRows(half) = half_noise_;
  noise_.bottomRows(half) = -half_noise_;
  guide_.place(noise_, z_);
}

void StochasticElbo::evaluate_rows() {
  const runtime::Rows rows = has_batches_ ? rows_.next() : runtime::Rows();
  if (!is_anchored_) {
    evaluator_.gradients(z_, values_, gradients_, rows);
    return;
  }
  const Eigen::Index draws = settings_.draws;
  points_.topRows(draws) = z_;
  evaluator_.gradients(points_, point_values_, point_gradients_, rows);
  values_ = point_values_.head(draws).array() + (anchor_value_ - point_values_[draws]);
  point_gradients_.row(draws) = anchor_gradient_ - point_gradients_.row(draws);
  gradients_ = point_gradients_.topRows(draws).rowwise() + point_gradients_.row(draws);
}

Eigen::Index StochasticElbo::drop_non_finite() {
  Eigen::Index kept = values_.size();
  for (Eigen::Index b = 0; b < values_.size(); ++b) {
    if (std::isfinite(values_[b]) && gradients_.row(b).allFinite()) continue;
    values_[b] = 0;
    guide_values_[b] = 0;
    gradients_.row(b).setZero();
    --kept;
  }
  non_finite_draws_ += values_.size() - kept;
  return kept;
}

double StochasticElbo::evaluate(const Eigen::VectorXd& parameters, Eigen::VectorXd& gradient) {
  guide_.set_parameters(parameters);
  draw();
  evaluate_rows();
  const bool sticks = settings_.estimator == GradientEstimator::sticking_the_landing;
  if (sticks) {
    guide_.log_density(z_, guide_values_, guide_gradients_);
    gradients_ -= guide_gradients_;
  }
  gradient.setZero();
  const Eigen::Index kept = drop_non_finite();
  if (kept == 0) return -std::numeric_limits<double>::infinity();
  guide_.pull_back(noise_, gradients_, gradient);
  const double weight = 1 / static_cast<double>(kept);
  gradient *= weight;
  if (sticks) return (values_.sum() - guide_values_.sum()) * weight;
  guide_.add_entropy_gradient(1, gradient);
  return values_.sum() * weight + *guide_.entropy();
}

}  // namespace vippl::inference
