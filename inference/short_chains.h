#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <string>

#include "inference/evaluator.h"
#include "inference/guide.h"
#include "inference/progress.h"

namespace vippl::inference {

/// Where many short Hamiltonian chains that began at draws of a guide have come to: if their
/// moments stay, the guide had them right; if they move and settle, they say what is right. Works
/// in any number of dimensions, unlike importance weights.
struct ShortChains {
  /// Chains 2i and 2i + 1 began at antithetic draws and were pushed antithetically, so that the
  /// noise of all that is linear cancels in their mean.
  Eigen::Index chains = 0;
  /// States of each chain: those after the last half of its transitions, or some of these, evenly
  /// apart, where all would need much memory.
  Eigen::Index kept = 0;
  Points draws;  ///< (kept x chains) x dimension; row t * chains + i is state t of chain i
  runtime::Draws constrained;  ///< the same states, x reported scalars
  int transitions = 0;         ///< of each chain
  double acceptance = 0;       ///< mean acceptance probability of the kept ones
  bool has_settled = false;
  std::string obstacle;  ///< in words, where they have not settled
};

/// Mean and spread of one scalar over the chains, with Monte Carlo standard errors.
struct ChainMoments {
  double mean = 0;
  double mean_se = 0;  ///< over antithetic pairs of chains
  double sd = 0;
  double log_sd_se = 0;
  /// Variance of the chains' means as a share of the variance of all states: 1 where every chain
  /// stays where it began, 1 / kept where successive states are independent.
  double memory = 0;
};
ChainMoments chain_moments(const Eigen::Ref<const Eigen::VectorXd>& values, Eigen::Index chains);

/// How many gradients short chains may take.
struct ChainLimit {
  std::int64_t gradients = 0;
  std::int64_t in_doubt = 0;  ///< where nothing changes any more as far as so many chains can tell
};

/// Doubles the transitions until two successive halves agree on mean and sd of every scalar and
/// every chain has forgotten where it began, or so many gradients are spent. Comparing many short
/// chains so is nested R-hat (Margossian, Hoffman, Sountsov, Riou-Durand, Vehtari & Gelman 2024,
/// Bayesian Analysis); judging a guide by short chains: Wang, Kasprzak & Huggins (2023), AISTATS.
/// The guide must be normal.
ShortChains run_short_chains(Evaluator& evaluator, const Guide& guide, std::uint64_t seed,
                             const ChainLimit& most, Progress& progress);

}  // namespace vippl::inference
