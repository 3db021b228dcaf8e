#pragma once
#include <Eigen/Core>

#include "inference/evaluator.h"
#include "inference/posterior.h"
#include "inference/progress.h"

namespace vippl::inference {

struct JudgeSettings {
  Eigen::Index fit_draws =
      0;  ///< matched draws of the last stage; 0 if the fit did not hold draws fixed
};

/// Fills what every fit ends with, from the guide: independent draws, their densities and weights,
/// k-hat, the ELBO with its standard error, the error of the location, the counts. posterior.guide,
/// guide_request and seed are set before. Throws FitError where too many draws have no finite
/// density.
void judge(Evaluator& evaluator, const JudgeSettings& settings, Progress& progress,
           Posterior& posterior);

/// How many independent draws judge a fit. For an explicit guide 4000: k-hat is then known to about
/// 0.1, and the ELBO has a control variate. Where the draws also correct the estimates, four per
/// gradient spent, up to 20 000: a density costs about a third of a gradient, so judging costs
/// about as much as fitting did. Fewer where rows x draws or the memory for them would be large.
Eigen::Index judging_draws(const runtime::LogDensity& model, bool corrects,
                           std::int64_t gradients_spent);

}  // namespace vippl::inference
