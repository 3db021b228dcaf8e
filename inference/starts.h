#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "inference/evaluator.h"
#include "inference/guide.h"
#include "inference/posterior.h"
#include "inference/progress.h"

namespace vippl::inference {

struct StartSettings {
  int count = 4;
  std::uint64_t seed = 1;
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
  std::vector<EndWithNormal> ends;  ///< highest log density first
  std::vector<std::string> notes;   ///< starts that died or ended elsewhere, in words
};

/// Climbs the log density by L-BFGS from draws of the prior and from uniform(-2, 2), and compares
/// by ELBO on common draws the Laplace approximation at each end with normals along the paths.
/// Throws FitError where no start has a finite density.
StartReport find_start(Evaluator& evaluator, const StartSettings& settings, Progress& progress);

}  // namespace vippl::inference
