#include "cli/verdict.h"

#include <fmt/format.h>

#include <cmath>

namespace vippl::cli {
namespace {

std::string step_after_poor_guide(const inference::Posterior& posterior) {
  const std::string_view guide = posterior.guide ? posterior.guide->name() : "";
  if (guide == "meanfield") return "try `--guide fullrank`, which follows correlations";
  return "the posterior may have heavy tails, a funnel or several modes: write scaled effects as "
         "`tau * z` with `z ~ normal(0, 1)`, or use tighter priors";
}

std::string step_after_stop(const inference::Posterior& posterior) {
  switch (posterior.stop_reason) {
    case inference::StopReason::interrupted:
      return "run it again and let it finish";
    case inference::StopReason::iteration_limit:
      return posterior.algorithm == "adam"
                 ? "raise `--steps` or `--learning-rate`, or leave `--algorithm` out"
                 : "look for flat or nearly unidentified directions in the model";
    case inference::StopReason::stage_limit:
    case inference::StopReason::stalled:
    case inference::StopReason::converged:
      return "look for flat or nearly unidentified directions in the model";
  }
  return "";
}

}  // namespace

std::string_view khat_words(double khat) {
  constexpr double greatest_close_khat = 0.5;
  if (std::isnan(khat)) return "could not be computed";
  if (khat <= greatest_close_khat) return "the guide is close to the posterior";
  if (khat <= greatest_good_khat) return "the guide is near enough to be corrected by weighting";
  return "the guide is far from the posterior somewhere";
}

Verdict verdict_of(const inference::Posterior& posterior) {
  if (!posterior.converged) {
    return {"not trustworthy",
            posterior.stop_reason == inference::StopReason::interrupted
                ? "the fit was interrupted"
                : "the fit did not converge",
            step_after_stop(posterior)};
  }
  if (!posterior.starts_agree()) {
    return {"not trustworthy",
            "the starts found different modes, and the guide describes one of them only",
            "if components can change places, order them: `ordered[k]`; else use tighter priors"};
  }
  if (!(posterior.khat <= greatest_good_khat)) {
    return {"not trustworthy",
            "the approximation may be poor: importance weights from it are unreliable",
            step_after_poor_guide(posterior)};
  }
  return {"not assessed", "nothing speaks against the fit, but not every check has been made", ""};
}

}  // namespace vippl::cli
