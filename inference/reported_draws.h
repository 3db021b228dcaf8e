#pragma once
#include <Eigen/Core>
#include <vector>

#include "inference/posterior.h"

namespace vippl::inference {

/// The draws that stand for what is reported of a fit: those of the guide, weighted where weights
/// correct it, or the states of the chains. Borrows them from the posterior.
struct ReportedDraws {
  const Points& points;               ///< unconstrained
  const runtime::Draws& constrained;  ///< the same, x reported scalars
  Eigen::VectorXd log_weights;        ///< -infinity where there is no density
  bool is_weighted = false;           ///< false: all that have a density count alike
  Eigen::Index chains = 1;            ///< 1 where the draws are independent
  bool is_chain_by_chain = true;      ///< or the first states of all chains stand first

  Eigen::Index states() const { return constrained.rows() / chains; }  ///< of each chain
  Eigen::Index row_of(Eigen::Index chain, Eigen::Index state) const {
    return is_chain_by_chain ? chain * states() + state : state * chains + chain;
  }
};
ReportedDraws reported_draws(const Posterior& posterior);

/// Rows of `draws`, by chance: as many as are wanted, none twice unless they are weighted.
std::vector<Eigen::Index> pick(const ReportedDraws& draws, Eigen::Index count, Rng& rng);

}  // namespace vippl::inference
