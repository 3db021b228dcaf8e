#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "inference/chain_diagnostics.h"

namespace vippl::inference {

/// How the Markov chains went that made the draws of a Posterior: row c * kept + t of its draws is
/// state t of chain c.
struct Chains {
  Eigen::Index count = 0;
  Eigen::Index kept = 0;         ///< draws of each chain
  std::int64_t stride = 1;       ///< transitions from one of them to the next
  std::int64_t warmup = 0;       ///< transitions before the first
  bool has_warmed_up = true;     ///< false: interrupted before, and the draws are where chains were
  std::int64_t transitions = 0;  ///< after the warmup, of all chains
  std::int64_t divergences = 0;  ///< of those: the integrator lost the trajectory
  std::int64_t cut_off = 0;      ///< of those: stopped at the greatest depth, not by a turn
  Eigen::VectorXd step_sizes;    ///< of each chain
  Eigen::VectorXd acceptance;    ///< mean of each chain, after the warmup
  std::vector<ChainDiagnostics> diagnostics;  ///< one per reported scalar

  double divergent_share() const {
    return transitions > 0 ? static_cast<double>(divergences) / static_cast<double>(transitions)
                           : 0;
  }
};

// From when on chains are taken to agree and to know (Vehtari et al. 2021).
constexpr double rhat_limit = 1.01;
constexpr double least_ess = 400;
/// A larger share of divergent transitions: the chains avoid a part of the posterior. Smaller ones
/// leave the means usable.
constexpr double most_divergent = 0.01;

}  // namespace vippl::inference
