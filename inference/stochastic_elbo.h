#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "inference/evaluator.h"
#include "inference/guide.h"
#include "runtime/random.h"

namespace vippl::inference {

/// Rows of a plate for one minibatch after the other: each epoch is a fresh random order, so no row
/// repeats within a batch and all rows are seen about equally often. A rest smaller than a batch is
/// left out, another one each time.
class RowSampler {
 public:
  RowSampler(Eigen::Index row_count, Eigen::Index batch_size, std::uint64_t seed);
  /// Valid until the next call.
  runtime::Rows next();

 private:
  void shuffle();

  runtime::Rng rng_;
  std::vector<std::int32_t> order_;
  std::size_t batch_size_;
  std::size_t used_;
};

enum class GradientEstimator {
  closed_entropy,       ///< reparameterised log density, the entropy exactly
  sticking_the_landing  ///< the path derivative of log p - log q: no variance at a perfect fit.
                        ///< Roeder et al. (2017)
};

struct StochasticElboSettings {
  Eigen::Index draws = 1;
  GradientEstimator estimator = GradientEstimator::closed_entropy;
};

/// The ELBO by reparameterisation over a few fresh draws, and over a fresh minibatch if the model
/// is cut.
class StochasticElbo {
 public:
  StochasticElbo(Evaluator& evaluator, Guide& guide, const StochasticElboSettings& settings,
                 std::uint64_t seed);

  /// An unbiased estimate of the ELBO at these parameters and of its gradient. Draws without a
  /// finite value and gradient are left out and counted; -infinity and a zero gradient if none is
  /// left.
  double evaluate(const Eigen::VectorXd& parameters, Eigen::VectorXd& gradient);

  std::int64_t non_finite_draws() const { return non_finite_draws_; }

 private:
  Eigen::Index drop_non_finite();

  Evaluator& evaluator_;
  Guide& guide_;
  StochasticElboSettings settings_;
  bool has_batches_;
  runtime::Rng noise_rng_;
  RowSampler rows_;
  Points noise_;
  Points z_;
  Points gradients_;
  Points guide_gradients_;
  LogDensities values_;
  LogDensities guide_values_;
  std::int64_t non_finite_draws_ = 0;
};

}  // namespace vippl::inference
