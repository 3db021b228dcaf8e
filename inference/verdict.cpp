#include "inference/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "inference/psis.h"
#include "inference/scalar_names.h"

namespace vippl::inference {

namespace {

using Eigen::Index;
using Level = Verdict::Level;

/// A scalar that stands out, for a sentence.
struct Worst {
  std::string name;
  double value = 0;
};

/// The scalar for which `value` is largest, NaN counting as more than anything.
template <class Value>
Worst worst_of(std::span<const ScalarSummary> summaries,
               std::span<const runtime::Quantity> quantities, const Value& value) {
  Worst worst;
  for (const runtime::Quantity& quantity : quantities) {
    if (quantity.kind == runtime::Quantity::Kind::generated) continue;
    for (Index e = 0; e < static_cast<Index>(quantity.maps.size()); ++e) {
      const double found = value(summaries[static_cast<std::size_t>(quantity.offset + e)]);
      if (worst.name.empty() || !(found <= worst.value)) worst = {scalar_name(quantity, e), found};
      if (std::isnan(found)) return worst;
    }
  }
  return worst;
}

/// The least trust in any latent or derived scalar.
Trust least_trust(std::span<const ScalarSummary> summaries,
                  std::span<const runtime::Quantity> quantities) {
  Trust least = Trust::full;
  for (const runtime::Quantity& quantity : quantities) {
    if (quantity.kind == runtime::Quantity::Kind::generated) continue;
    for (std::size_t e = 0; e < quantity.maps.size(); ++e)
      least = std::max(least, summaries[static_cast<std::size_t>(quantity.offset) + e].trust);
  }
  return least;
}

bool is_mean_field(const Posterior& posterior) {
  return posterior.guide && posterior.guide->name() == "meanfield";
}

std::string step_after_poor_guide(const Posterior& posterior) {
  if (is_mean_field(posterior))
    return "leave `--guide` out, or try `--guide fullrank`, which follows correlations";
  return "the posterior may have heavy tails, a funnel or several modes: write scaled effects as "
         "`tau * z` with `z ~ normal(0, 1)`, use tighter priors, or compare with `--algorithm "
         "nuts`";
}

std::string step_after_stop(const Posterior& posterior) {
  if (posterior.stop_reason == StopReason::interrupted) return "run it again and let it finish";
  if (posterior.algorithm == "adam")
    return "raise `--steps` or `--learning-rate`, or leave `--algorithm` out";
  if (posterior.algorithm == "averaged-adam")
    return "raise `--steps`, take larger minibatches, or leave `--batch` out";
  return "look for flat or nearly unidentified directions in the model: a prior that holds them "
         "usually helps";
}

/// "7.1 %", of a share.
std::string percent(double share) {
  return share < 0.0005 ? "less than 0.1 %" : fmt::format("{:.2g} %", 100 * share);
}

/// How what is reported was found to be right, or was made so.
std::string evidence(const Posterior& posterior) {
  if (posterior.correction() == Posterior::Correction::short_chains) {
    const ShortChains& chains = *posterior.short_chains;
    return fmt::format("{} short chains from the guide settled after {} transitions", chains.chains,
                       chains.transitions);
  }
  if (posterior.weight_spread < negligible_spread)
    return fmt::format("guide and posterior differ by {} wherever they were compared",
                       percent(posterior.weight_spread));
  return fmt::format("importance weights {} the guide (k-hat {:.2f})",
                     posterior.guide_request == "auto" ? "correct" : "confirm", posterior.khat);
}

/// Where few weights decide, and no chains could tell how far out the posterior goes.
Verdict means_only(const Posterior& posterior) {
  std::string reason =
      fmt::format("the means are right, but the sds and quantiles hang on few draws (k-hat {:.2f})",
                  posterior.khat);
  if (posterior.short_chains)
    reason +=
        fmt::format(", and short chains did not settle: {}", posterior.short_chains->obstacle);
  return {Level::usable_for_means, std::move(reason), "compare with `--algorithm nuts`"};
}

Verdict not_corrected(const Posterior& posterior) {
  if (!posterior.converged)
    return {Level::not_trustworthy, "the fit did not converge: " + posterior.stop_sentence,
            step_after_stop(posterior)};
  std::string reason =
      fmt::format("the guide is far from the posterior somewhere (k-hat {:.2f})", posterior.khat);
  if (posterior.short_chains)
    reason += fmt::format(", and short chains from it did not settle: {}",
                          posterior.short_chains->obstacle);
  return {Level::not_trustworthy, reason, step_after_poor_guide(posterior)};
}

}  // namespace

std::string_view Verdict::word() const {
  switch (level) {
    case Level::trustworthy:
      return "trustworthy";
    case Level::usable_for_means:
      return "usable for means";
    case Level::not_trustworthy:
      return "not trustworthy";
  }
  return "";
}

std::string khat_words(const Posterior& posterior) {
  constexpr double close = 0.5;
  const double khat = posterior.khat;
  if (posterior.weight_spread < negligible_spread)
    return fmt::format("the guide is close to the posterior: the weights differ by {}",
                       percent(posterior.weight_spread));
  if (std::isnan(khat)) return "could not be computed";
  if (khat <= close) return "the guide is close to the posterior";
  if (posterior.weights_are_good()) return "the guide is near enough to be corrected by weighting";
  return "the guide is far from the posterior somewhere";
}

Verdict verdict_of(const Posterior& posterior, std::span<const ScalarSummary> summaries,
                   std::span<const runtime::Quantity> quantities) {
  if (posterior.stop_reason == StopReason::interrupted)
    return {Level::not_trustworthy, "the fit was interrupted", step_after_stop(posterior)};
  if (!posterior.starts_agree())
    return {Level::not_trustworthy,
            "the starts found different modes, and the guide describes one of them only",
            "if components can change places, order them: `ordered[k]`; else use tighter priors"};
  if (posterior.correction() == Posterior::Correction::none) return not_corrected(posterior);

  const auto mean_gap = [](const ScalarSummary& s) { return s.mean_gap; };
  const auto error = [](const ScalarSummary& s) { return s.mcse / s.reported.sd; };
  const auto sd_gap = [](const ScalarSummary& s) { return std::fabs(s.log_sd_gap); };
  switch (least_trust(summaries, quantities)) {
    case Trust::full:
      return {Level::trustworthy, evidence(posterior), ""};
    case Trust::mean_only: {
      if (!posterior.knows_spreads()) return means_only(posterior);
      const Worst worst = worst_of(summaries, quantities, sd_gap);
      return {Level::usable_for_means,
              fmt::format("the means are right, but the sd of `{}` is off by {:.0f} %", worst.name,
                          100 * std::expm1(worst.value)),
              is_mean_field(posterior)
                  ? "leave `--guide` out, or try `--guide fullrank`, which follows correlations"
                  : "leave `--guide` out: spreads are then corrected"};
    }
    case Trust::none: {
      const Worst off = worst_of(summaries, quantities, mean_gap);
      if (!(off.value < 0.1))
        return {Level::not_trustworthy,
                fmt::format("the guide's mean of `{}` is off by {:.2g} posterior sds", off.name,
                            off.value),
                step_after_poor_guide(posterior)};
      const Worst vague = worst_of(summaries, quantities, error);
      return {Level::not_trustworthy,
              fmt::format("the mean of `{}` is known to {:.2g} posterior sds only", vague.name,
                          vague.value),
              step_after_poor_guide(posterior)};
    }
  }
  return {};
}

}  // namespace vippl::inference
