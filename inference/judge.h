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
/// k-hat, the ELBO with its standard error, the error of the location, the counts, and the short
/// chains where the weights cannot be left to judge alone. posterior.guide,
/// guide_request, seed, seconds and the reason why the fit stopped are set before. Throws FitError
/// where too many draws have no finite density. Interrupted, it ends soon with fewer draws, some
/// hundred, perhaps with a location_se of one sd, and says so in the stop reason: what there is
/// agrees with itself.
void judge(Evaluator& evaluator, const JudgeSettings& settings, Progress& progress,
           Posterior& posterior);

/// Sets the counts of the posterior.
void count_evaluations(const Evaluator& evaluator, Posterior& posterior);

/// How many independent draws judge a fit: one per gradient spent, and up to four where the fit
/// took far more gradients than a normal target needs; from 1000 up to 4000, or up to 20 000 where
/// the draws also correct the estimates. Fewer where rows x draws or the memory for them would be
/// large. By counts, not by the clock: the same seed gives the same draws. judge() takes four times
/// as many where k-hat is then near its limit.
Eigen::Index judging_draws(const runtime::LogDensity& model, bool corrects,
                           std::int64_t gradients_spent);

}  // namespace vippl::inference
