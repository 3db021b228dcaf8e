#include "inference/posterior.h"

#include <algorithm>

#include "inference/psis.h"

namespace vippl::inference {

std::string_view name_of(StopReason reason) {
  switch (reason) {
    case StopReason::converged:
      return "converged";
    case StopReason::iteration_limit:
      return "iteration limit";
    case StopReason::stage_limit:
      return "stage limit";
    case StopReason::stalled:
      return "stalled";
    case StopReason::budget:
      return "budget";
    case StopReason::interrupted:
      return "interrupted";
  }
  return "";
}

bool Posterior::weights_are_good() const {
  return khat < khat_limit(draws.rows()) || weight_spread < negligible_spread;
}

bool Posterior::weights_hang_on_few() const {
  constexpr double finite_variance = 0.5;  // k-hat up to which the weights have one
  return weight_spread > 1 && khat > finite_variance;
}

bool Posterior::knows_spreads() const {
  return correction() == Correction::short_chains || !weights_hang_on_few();
}

Posterior::Correction Posterior::correction() const {
  if (short_chains && short_chains->has_settled) return Correction::short_chains;
  return weights_are_good() ? Correction::weights : Correction::none;
}

bool Posterior::lacks_budget() const {
  const bool has_cut_chains = chains_were_limited && short_chains && !short_chains->has_settled;
  return stop_reason == StopReason::budget || has_cut_chains;
}

bool Posterior::starts_agree() const {
  return std::none_of(start_ends.begin(), start_ends.end(),
                      [](const StartEnd& end) { return end.is_rival; });
}

}  // namespace vippl::inference
