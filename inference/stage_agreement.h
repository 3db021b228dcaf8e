#pragma once
#include <cstdint>

#include "inference/evaluator.h"
#include "inference/guide.h"
#include "inference/progress.h"

namespace vippl::inference {

/// Symmetrised KL, in nats, below which two normal guides of d coordinates are the same for all
/// that a summary tells.
double negligible_divergence(Eigen::Index dimension);

/// Whether the guides of two successive stages are the same within what the draws can tell: their
/// divergence is negligible, and so is the difference of their ELBOs on common fresh draws, or it
/// is below two standard errors.
bool stages_agree(Evaluator& evaluator, const Guide& before, const Guide& after, std::uint64_t seed,
                  int stage, const Progress& progress);

}  // namespace vippl::inference
