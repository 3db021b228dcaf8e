#pragma once
#include <optional>

#include "inference/algorithm.h"
#include "inference/evaluator.h"
#include "inference/markov_graph.h"
#include "inference/sparse_cholesky.h"

namespace vippl::inference {

/// What variational Newton steps need to know of a target.
struct SparseShape {
  MarkovGraph graph;
  Elimination elimination;
};

/// Nothing where a normal with the zeros of the target's graph would be little cheaper than one
/// without: too much is joined, directly or by the elimination.
std::optional<SparseShape> find_shape(Evaluator& evaluator, const Start& around,
                                      std::uint64_t seed);

struct NewtonSettings {
  int stages = 3;          ///< at most
  Eigen::Index draws = 0;  ///< of the first stage; 0 chooses by size
};

/// Fits a normal by Newton's method on the ELBO: the precision becomes minus the expected Hessian,
/// the location moves by the covariance times the expected gradient, until neither changes (Khan &
/// Rue 2023, JMLR 24). The expected Hessian has the zeros of the Markov graph, so that the fixed
/// point is the best of all normals, not only of the sparse ones. In stages, each on twice as many
/// fresh matched draws, until two agree. Leaves posterior.guide at the last, with the reason why it
/// stopped; returns the draws of the last stage.
Eigen::Index fit_by_newton(Evaluator& evaluator, const SparseShape& shape, const Start& start,
                           const NewtonSettings& settings, Progress& progress,
                           Posterior& posterior);

}  // namespace vippl::inference
