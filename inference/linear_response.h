#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <string>

#include "inference/evaluator.h"
#include "inference/guide.h"
#include "inference/posterior.h"
#include "inference/progress.h"

namespace vippl::inference {

struct LinearResponseSettings {
  /// Parameters up to which the Hessian is formed; above, conjugate gradients for one scalar after
  /// the other, which costs more in all but goes as far as the gradients last.
  Eigen::Index largest_dense = 1000;
  std::int64_t most_gradients = 100000;  ///< to be spent, counted by points
};

struct LinearResponse {
  Eigen::VectorXd sd;  ///< one per column of Draws; NaN where there is none
  std::string note;    ///< why values that could have one do not, in words; empty if all do
};

/// Standard deviations of the reported scalars from how the fitted guide's means answer when the
/// log density is tilted: for T, g' inverse(H) g with g = dE[T]/dparameters and H the Hessian of
/// the negative ELBO in all parameters. They see correlations between coordinates that the guide
/// itself cannot hold, and are exact for a mean field on a normal posterior. What `generate` draws
/// and what is a whole number has none: the first has noise of its own, the second no derivative.
/// Giordano, Broderick & Jordan (2018), JMLR 19(51).
LinearResponse linear_response(Evaluator& evaluator, const Guide& guide, std::uint64_t seed,
                               const LinearResponseSettings& settings, const Progress& progress);

/// Fills posterior.linear_response_sd of a fit that has been judged, where a guide without
/// correlations was asked for by name and the user has not lost patience. May take twice the
/// gradients of the fit.
void add_linear_response(Evaluator& evaluator, const Progress& progress, Posterior& posterior);

}  // namespace vippl::inference
