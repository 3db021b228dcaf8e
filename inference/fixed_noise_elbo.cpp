#include "inference/fixed_noise_elbo.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lang/diagnostic.h"

namespace vippl::inference {

namespace {
// Draws placed and evaluated at once: a block of 20 coordinates stays in the first-level cache.
constexpr Eigen::Index rows_per_block = 128;
}  // namespace

FixedNoiseElbo::FixedNoiseElbo(Evaluator& evaluator, Guide& guide, const Points& noise,
                               const Progress* progress)
    : evaluator_(evaluator),
      guide_(guide),
      progress_(progress),
      draw_weight_(1 / static_cast<double>(noise.rows())) {
  VIPPL_ASSERT(guide.entropy().has_value(), "the guide has a closed-form entropy");
  for (Eigen::Index first = 0; first < noise.rows(); first += rows_per_block)
    blocks_.emplace_back(noise.middleRows(first, std::min(rows_per_block, noise.rows() - first)));
  const Eigen::Index d = evaluator.dimension();
  for (Buffers* buffers : {&full_, &last_}) {
    const Eigen::Index count = (buffers == &full_ ? blocks_.front() : blocks_.back()).rows();
    *buffers = {Points(count, d), LogDensities(count), Points(count, d)};
  }
}

double FixedNoiseElbo::evaluate(const Eigen::VectorXd& parameters, Eigen::VectorXd& gradient) {
  guide_.set_parameters(parameters);
  gradient.setZero();
  double sum = 0;
  non_finite_draws_ = 0;
  for (const Points& noise : blocks_) {
    if (progress_ != nullptr && progress_->interrupted())
      return -std::numeric_limits<double>::infinity();
    Buffers& at = noise.rows() == full_.z.rows() ? full_ : last_;
    guide_.place(noise, at.z);
    evaluator_.gradients(at.z, at.values, at.gradients);
    for (Eigen::Index b = 0; b < at.values.size(); ++b)
      if (!std::isfinite(at.values[b])) ++non_finite_draws_;
    sum += at.values.sum();
    guide_.pull_back(noise, at.gradients, gradient);
  }
  if (non_finite_draws_ > 0 || !gradient.allFinite())
    return -std::numeric_limits<double>::infinity();
  gradient *= draw_weight_;
  guide_.add_entropy_gradient(1, gradient);
  return sum * draw_weight_ + *guide_.entropy();
}

}  // namespace vippl::inference
