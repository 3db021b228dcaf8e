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

enum class Noise {
  independent,
  antithetic  ///< in pairs of opposite sign: what is odd about the guide's mean cancels; `draws` is
              ///< then even
};

struct StochasticElboSettings {
  Eigen::Index draws = 1;
  GradientEstimator estimator = GradientEstimator::closed_entropy;
  Noise noise = Noise::independent;
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

  /// From now on what a minibatch gets wrong at this point, where all rows are evaluated once, is
  /// taken off at every point: a control variate, exact where the density is linear in between and
  /// better the nearer the draws (Johnson & Zhang 2013, NIPS). False, and nothing changes, where
  /// the density or gradient is not finite there. For models that are cut.
  bool anchor_at(const Eigen::VectorXd& point);

  std::int64_t non_finite_draws() const { return non_finite_draws_; }

 private:
  void draw();
  void evaluate_rows();
  Eigen::Index drop_non_finite();

  Evaluator& evaluator_;
  Guide& guide_;
  StochasticElboSettings settings_;
  bool has_batches_;
  runtime::Rng noise_rng_;
  RowSampler rows_;
  Points noise_;
  Points half_noise_;
  Points z_;
  Points gradients_;
  Points guide_gradients_;
  LogDensities values_;
  LogDensities guide_values_;
  // The anchor, with its log density over all rows; its place in points_ is the last.
  bool is_anchored_ = false;
  double anchor_value_ = 0;
  Eigen::RowVectorXd anchor_gradient_;
  Points points_;
  Points point_gradients_;
  LogDensities point_values_;
  std::int64_t non_finite_draws_ = 0;
};

}  // namespace vippl::inference
