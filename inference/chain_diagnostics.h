#pragma once
#include <Eigen/Core>

namespace vippl::inference {

/// What several Markov chains say of how well they know one scalar. Vehtari, Gelman, Simpson,
/// Carpenter & Buerkner (2021), Bayesian Analysis 16(2).
struct ChainDiagnostics {
  /// The larger of the rank-normalised split R-hats of the values and of their distances from the
  /// median: 1 where the halves of all chains agree, in location and in spread.
  double rhat = 0;
  double ess_bulk = 0;  ///< effective sample size, of the rank-normalised values
  double ess_tail = 0;  ///< the smaller one of the 5 % and the 95 % quantile
  double mcse_mean = 0;
};

/// Column c of `chains` holds the successive values of chain c. All results are NaN for a scalar
/// that never changes or is not finite somewhere, or for chains of fewer than 4 values; the error
/// of the mean of a constant is 0.
ChainDiagnostics diagnose_chains(const Eigen::Ref<const Eigen::MatrixXd>& chains);

/// Each value becomes the normal quantile of its rank among all; equal values share the mean of
/// their ranks.
Eigen::MatrixXd rank_normalised(const Eigen::MatrixXd& values);

/// The classical split R-hat and the effective sample size of the mean, of the values as they are.
double split_rhat(const Eigen::Ref<const Eigen::MatrixXd>& chains);
double effective_sample_size(const Eigen::Ref<const Eigen::MatrixXd>& chains);

}  // namespace vippl::inference
