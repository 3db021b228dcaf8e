#pragma once
#include <Eigen/Core>

namespace vippl::inference {

/// A generalised Pareto distribution over [0, infinity).
struct GeneralisedPareto {
  double shape = 0;  ///< k: moments of order 1 / k and above are infinite
  double scale = 0;
};

/// Fits excesses over a threshold, sorted upwards, all >= 0. Zhang & Stephens (2009), Technometrics
/// 51(3), with the weak prior on the shape of Vehtari et al. (2024), appendix C.
GeneralisedPareto fit_generalised_pareto(const Eigen::Ref<const Eigen::VectorXd>& excesses);

/// The shape of the heavier of the two tails of at least 25 draws, as of weights: from 1 / 2 on the
/// variance of what they are draws of does not exist, from 1 on its mean does not.
double tail_shape(const Eigen::Ref<const Eigen::VectorXd>& values);

struct SmoothedWeights {
  Eigen::VectorXd log_weights;  ///< normalised: exp sums to 1
  double khat = 0;              ///< infinity where there is no tail to fit
  double spread = 0;            ///< sd of the raw ratios as a share of their mean
};

/// Pareto-smoothed importance sampling: the largest ratios are replaced by the expected order
/// statistics of a fitted tail. `log_ratios` are log p - log q of independent draws; -infinity is a
/// weight of 0. Vehtari, Simpson, Gelman, Yao & Gabry (2024), JMLR 25(72).
SmoothedWeights smooth_weights(const Eigen::Ref<const Eigen::VectorXd>& log_ratios);

/// The k-hat up to which corrected estimates are reported: min(1 - 1 / log10 S, 0.7). Vehtari et
/// al. (2024), section 3.2.
double khat_limit(Eigen::Index draws);

/// Ratios that spread less than this (as SmoothedWeights::spread) need no finite variance in
/// theory: a mean under p then lies within a fifth of an sd of the mean under q even uncorrected
/// (Cauchy and Schwarz), and the shape of so flat a tail, which is all that k-hat sees, changes
/// nothing.
inline constexpr double negligible_spread = 0.2;

/// 1 / the sum of squared weights.
double effective_draws(const Eigen::VectorXd& log_weights);

}  // namespace vippl::inference
