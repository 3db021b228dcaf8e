#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "inference/budget.h"
#include "inference/evaluator.h"
#include "inference/guide.h"
#include "inference/posterior.h"
#include "inference/progress.h"

namespace vippl::inference {

struct StartSettings {
  int count = 4;
  std::uint64_t seed = 1;
  Budget budget = {};
};

/// A distinct end of the climbs, with the normal approximation there; its location is empty where
/// none could be made.
struct EndWithNormal {
  StartEnd end;
  Start normal;
};

struct StartReport {
  Start best;
  double elbo = 0;                  ///< of `best`, on few common draws
  double spread = 0;                ///< sd of its log weights on them; infinity if unknown
  std::vector<EndWithNormal> ends;  ///< highest log density first
  std::vector<std::string> notes;   ///< starts that died or ended elsewhere, in words
};

/// Climbs the log density by L-BFGS from draws of the prior and from uniform(-2, 2), and compares
/// by ELBO on common draws the Laplace approximation at each end with normals along the paths.
/// Throws FitError where no start has a finite density.
StartReport find_start(Evaluator& evaluator, const StartSettings& settings, Progress& progress);

/// settings.count points, in rows, each with a finite density and gradient there, spread out as
/// chains that shall be compared must begin: uniform(-2, 2), and draws of the prior where that
/// fails; a row that never succeeds repeats another. Throws FitError where none does.
Points dispersed_points(Evaluator& evaluator, const StartSettings& settings);

}  // namespace vippl::inference
