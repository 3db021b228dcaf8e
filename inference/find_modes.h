#pragma once
#include <vector>

#include "inference/mode.h"
#include "inference/normal_mixture.h"
#include "inference/posterior.h"
#include "inference/starts.h"

namespace vippl::inference {

/// Modes with the normal that was fitted at each.
struct FittedModes {
  Modes modes;
  std::vector<Start> normals;
};

/// What the starts found beside the guide of a fit that has been judged: the normal at each rival
/// end is fitted by natural-gradient steps, then draws of all normals in equal numbers are weighed
/// against their mixture. A mode's share is that of the weights of its draws, its moments those of
/// its draws so weighed; where the weights are not good, softmax of the ELBOs and the normals' own
/// draws. No modes where the fits show that there is only one, or where it is interrupted.
FittedModes find_modes(Evaluator& evaluator, const std::vector<EndWithNormal>& ends,
                       const Posterior& posterior, Progress& progress);

}  // namespace vippl::inference
