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
      z_(settings.draws, guide.dimension()),
      gradients_(settings.draws, guide.dimension()),
      guide_gradients_(settings.draws, guide.dimension()),
      values_(settings.draws),
      guide_values_(settings.draws) {
  VIPPL_ASSERT(settings.estimator == GradientEstimator::sticking_the_landing || guide.entropy(),
               "the guide has a closed-form entropy");
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
  guide_.draw(noise_rng_, noise_, z_);
  evaluator_.gradients(z_, values_, gradients_, has_batches_ ? rows_.next() : runtime::Rows());
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
