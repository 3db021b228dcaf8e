#pragma once
#include <cstdint>

#include "inference/budget.h"
#include "inference/evaluator.h"
#include "inference/normal_mixture.h"
#include "inference/posterior.h"
#include "inference/progress.h"

namespace vippl::inference {

/// A mixture that has been fitted, with its ELBO on fresh draws; without a density at some draw,
/// -infinity.
struct FittedMixture {
  MixedNormals mixture;
  double elbo = 0;
  double elbo_se = 0;
};

/// Three normals in the place of the guide of a judged fit: wider all round, and moved to either
/// side along the direction in which the weights spread its draws most.
MixedNormals split_guide(const Posterior& posterior);

/// Raises the ELBO of a mixture by natural-gradient steps, of all normals and their shares at once,
/// each shortened until it raises the ELBO over matched draws of every normal (Lin, Khan & Schmidt
/// 2019, ICML). As far as the budget goes.
FittedMixture fit_mixture(Evaluator& evaluator, MixedNormals mixture, std::uint64_t seed,
                          const Progress& progress, const Budget& budget = {});

}  // namespace vippl::inference
