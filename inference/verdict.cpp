#include "inference/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

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
  // Correlations alone do not keep chains from settling.
  if (is_mean_field(posterior) && posterior.short_chains && !posterior.short_chains->has_settled)
    return "leave `--guide` out; where no guide is trustworthy either, the posterior has a funnel, "
           "heavy tails or several modes: write scaled effects as `tau * z` with `z ~ normal(0, "
           "1)`, or use tighter priors";
  if (is_mean_field(posterior))
    return "leave `--guide` out, or try `--guide fullrank`, which follows correlations";
  return "the posterior may have heavy tails, a funnel or several modes: write scaled effects as "
         "`tau * z` with `z ~ normal(0, 1)`, use tighter priors, or compare with `--algorithm "
         "nuts`";
}

/// "give it more time: `--budget 240`".
std::string more_budget(const Posterior& posterior) {
  constexpr double times = 4;
  return fmt::format("give it more time: `--budget {:.0f}`",
                     std::ceil(times * posterior.budget.seconds()));
}

std::string step_after_stop(const Posterior& posterior) {
  if (posterior.stop_reason == StopReason::interrupted) return "run it again and let it finish";
  if (posterior.stop_reason == StopReason::budget) return more_budget(posterior);
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

/// Of a number above 1: "24 %", or "a factor of 3.1" where it is large.
std::string share_or_factor(double factor) {
  constexpr double large = 2;
  return factor < large ? fmt::format("{:.0f} %", 100 * (factor - 1))
                        : fmt::format("a factor of {:.2g}", factor);
}

/// "62 % and 38 %", of the modes that are no exchanges of another.
std::string shares_text(const Modes& modes) {
  std::vector<std::string> shares;
  for (const Mode& mode : modes.found)
    if (!mode.exchange_of) shares.push_back(percent(mode.share));
  const std::string last = std::move(shares.back());
  shares.pop_back();
  return shares.empty() ? last : fmt::format("{} and {}", fmt::join(shares, ", "), last);
}

/// How what is reported was found to be right, or was made so.
std::string evidence(const Posterior& posterior) {
  if (posterior.correction() == Posterior::Correction::short_chains) {
    const ShortChains& chains = *posterior.short_chains;
    return fmt::format("{} short chains from the guide settled after {} transitions", chains.chains,
                       chains.transitions);
  }
  std::string text =
      posterior.weight_spread < negligible_spread
          ? fmt::format("guide and posterior differ by {} wherever they were compared",
                        percent(posterior.weight_spread))
          : fmt::format("importance weights {} the guide (k-hat {:.2f})",
                        posterior.guide_request == "auto" ? "correct" : "confirm", posterior.khat);
  if (posterior.modes.guide_holds_them)
    text += fmt::format("; the guide holds {} modes, with {} of the posterior",
                        posterior.modes.found.size(), shares_text(posterior.modes));
  return text;
}

/// Where a correction is at hand: an explicit guide is reported without it, and checked on fewer
/// draws.
std::string step_to_correction(const Posterior& posterior) {
  return posterior.guide_request == "auto" ? step_after_poor_guide(posterior)
                                           : "leave `--guide` out: means are then corrected";
}

/// "`mu[1]`, `mu[2]`, ...": the scalars that change places.
std::string exchanged_names(const Modes& modes, std::span<const runtime::Quantity> quantities) {
  constexpr int most = 3;
  std::string names;
  int count = 0;
  for (const runtime::Quantity& quantity : quantities) {
    for (Index e = 0; e < static_cast<Index>(quantity.maps.size()); ++e) {
      if (!modes.changes_places[static_cast<std::size_t>(quantity.offset + e)]) continue;
      if (count == most) return names + ", ...";
      names += fmt::format("{}`{}`", count++ == 0 ? "" : ", ", scalar_name(quantity, e));
    }
  }
  return names;
}

/// The declaration that would tell the components apart: "`sample mu : ordered[2]`".
std::string order_text(const Modes& modes, std::span<const runtime::Quantity> quantities) {
  for (const runtime::Quantity& quantity : quantities) {
    if (quantity.shape.size() != 1) continue;
    for (Index e = 0; e < static_cast<Index>(quantity.maps.size()); ++e)
      if (modes.changes_places[static_cast<std::size_t>(quantity.offset + e)])
        return fmt::format("`sample {0} : ordered[{1}]`", quantity.name, quantity.shape[0]);
  }
  return "an `ordered[k]` array in their place";
}

/// Modes of which the guide describes one only, or that are alike but for the order of components.
Verdict several_modes(const Posterior& posterior, std::span<const runtime::Quantity> quantities) {
  const Modes& modes = posterior.modes;
  if (modes.found.empty())
    return {Level::not_trustworthy,
            "the starts found different modes, and the guide describes one of them only",
            "if components can change places, order them: `ordered[k]`; else use tighter priors"};
  if (modes.has_exchange()) {
    const std::string names = exchanged_names(modes, quantities);
    std::string reason =
        modes.are_all_exchanges()
            ? fmt::format(
                  "the posterior has {} modes that differ only in which component is which "
                  "({} change places); reported is one order of them",
                  modes.found.size(), names)
            : fmt::format(
                  "of the {} modes of the posterior some differ only in which component is "
                  "which ({} change places), and one of these is reported",
                  modes.found.size(), names);
    return {Level::not_trustworthy, std::move(reason),
            fmt::format("give the components an order, such as {}; what does not depend on the "
                        "order can be used as its mark says",
                        order_text(modes, quantities))};
  }
  const bool is_asked_for = posterior.guide_request != "auto";
  return {Level::not_trustworthy,
          fmt::format("the posterior has {} modes, and the guide describes one of them, with {} of "
                      "the mass",
                      modes.found.size(), percent(modes.found.front().share)),
          is_asked_for
              ? "leave `--guide` and `--algorithm` out, so that a mixture of normals can follow "
                "all modes; or use a more informative prior, which chooses among them"
              : "use a more informative prior, which chooses among them, or compare with "
                "`--algorithm nuts`, whose chains may go from one to the other"};
}

/// Of how the short chains ended that did not settle.
std::string chains_words(const Posterior& posterior) {
  std::string words = fmt::format("did not settle: {}", posterior.short_chains->obstacle);
  if (posterior.chains_were_limited)
    words += fmt::format(", and the budget of {:g} nominal seconds ended them",
                         posterior.budget.seconds());
  return words;
}

/// Where few weights decide, and no chains could tell how far out the posterior goes.
Verdict means_only(const Posterior& posterior) {
  std::string reason =
      fmt::format("the means are right, but the sds and quantiles hang on few draws (k-hat {:.2f})",
                  posterior.khat);
  if (posterior.short_chains) reason += ", and short chains " + chains_words(posterior);
  return {Level::usable_for_means, std::move(reason),
          posterior.lacks_budget() ? more_budget(posterior) : "compare with `--algorithm nuts`"};
}

/// Of a scalar that some draws do not have, such as the log of one that may be negative.
Verdict not_finite(const Worst& off) {
  return {
      Level::not_trustworthy,
      fmt::format("`{}` has no mean: some of its draws are infinite or not a number", off.name),
      fmt::format("look at how `{}` follows from the latents, and for which of their values that "
                  "is not defined",
                  off.name)};
}

/// Where the weights would do but for few draws that decide, and chains went elsewhere.
Verdict chains_dissent(const Posterior& posterior, const Worst& off) {
  return {Level::not_trustworthy,
          fmt::format("few draws decide (k-hat {:.2f}), and short chains put the mean of `{}` "
                      "{:.2g} posterior sds elsewhere; they {}",
                      posterior.khat, off.name, off.value, chains_words(posterior)),
          posterior.lacks_budget() ? more_budget(posterior) : step_after_poor_guide(posterior)};
}

/// A mean field of latents that are correlated, and no worse than that as far as linear response
/// can tell: with the scalar whose sd is most too small.
std::optional<Verdict> correlated_latents(const Posterior& posterior,
                                          std::span<const ScalarSummary> summaries,
                                          std::span<const runtime::Quantity> quantities) {
  constexpr double clearly = 1.5;  // times the sd of the guide
  if (!is_mean_field(posterior) || !posterior.converged) return std::nullopt;
  const Worst worst = worst_of(summaries, quantities, [](const ScalarSummary& s) {
    const bool is_known = s.linear_response_sd && std::isfinite(*s.linear_response_sd);
    return is_known && s.reported.sd > 0 ? *s.linear_response_sd / s.reported.sd : 0.0;
  });
  if (!(worst.value > clearly)) return std::nullopt;
  return Verdict{Level::not_trustworthy,
                 fmt::format("latents are correlated, which a mean field cannot follow: by linear "
                             "response the sd of `{}` is {:.{}f} times that of the guide (k-hat "
                             "{:.2f})",
                             worst.name, worst.value, worst.value < 10 ? 1 : 0, posterior.khat),
                 "leave `--guide` out, or try `--guide fullrank`, which follows correlations"};
}

Verdict not_corrected(const Posterior& posterior) {
  std::string reason =
      posterior.converged
          ? fmt::format("the guide is far from the posterior somewhere (k-hat {:.2f})",
                        posterior.khat)
          : "the fit did not converge: " + posterior.stop_sentence;
  if (posterior.short_chains) reason += ", and short chains from it " + chains_words(posterior);
  if (!posterior.converged)
    return {Level::not_trustworthy, std::move(reason), step_after_stop(posterior)};
  return {Level::not_trustworthy, reason,
          posterior.lacks_budget() ? more_budget(posterior) : step_after_poor_guide(posterior)};
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
  const Modes& modes = posterior.modes;
  if (!posterior.starts_agree() && !(modes.guide_holds_them && !modes.has_exchange()))
    return several_modes(posterior, quantities);
  if (posterior.correction() == Posterior::Correction::none)
    return correlated_latents(posterior, summaries, quantities).value_or(not_corrected(posterior));

  const auto mean_gap = [](const ScalarSummary& s) { return s.mean_gap; };
  const auto mean_bound = [](const ScalarSummary& s) { return s.mean_bound; };
  const auto sd_gap = [](const ScalarSummary& s) { return std::fabs(s.log_sd_gap); };
  const auto sd_bound = [](const ScalarSummary& s) { return s.log_sd_bound; };
  const auto tail = [](const ScalarSummary& s) { return s.tail_shape; };
  switch (least_trust(summaries, quantities)) {
    case Trust::full:
      return {Level::trustworthy, evidence(posterior), ""};
    case Trust::mean_only: {
      if (!posterior.knows_spreads()) return means_only(posterior);
      const Worst heavy = worst_of(summaries, quantities, tail);
      if (heavy.value >= heavy_tail)
        return {Level::usable_for_means,
                fmt::format("the means are right, but the tails of `{}` are so heavy that its sd "
                            "hangs on few draws (shape {:.2f})",
                            heavy.name, heavy.value),
                "read its quantiles, or use a prior with lighter tails"};
      const Worst worst = worst_of(summaries, quantities, sd_gap);
      const Worst vague = worst_of(summaries, quantities, sd_bound);
      if (worst.value < 0.1)
        return {Level::usable_for_means,
                fmt::format("the means are right, but the sd of `{}` is known to within {:.0f} % "
                            "only, where 10 % is wanted",
                            vague.name, 100 * std::expm1(vague.value)),
                "compare with `--algorithm nuts`"};
      return {Level::usable_for_means,
              fmt::format("the means are right, but the sd of `{}` is off by {}", worst.name,
                          share_or_factor(std::exp(worst.value))),
              is_mean_field(posterior)
                  ? "leave `--guide` out, or try `--guide fullrank`, which follows correlations"
                  : "leave `--guide` out: spreads are then corrected"};
    }
    case Trust::none: {
      const Worst off = worst_of(summaries, quantities, mean_gap);
      if (std::isnan(off.value)) return not_finite(off);
      // What `auto` reports is what the weights say; an explicit guide is held against it.
      if (!(off.value < 0.1) && posterior.guide_request == "auto")
        return chains_dissent(posterior, off);
      if (!(off.value < 0.1))
        return {Level::not_trustworthy,
                fmt::format("the guide's mean of `{}` is off by {:.2g} posterior sds", off.name,
                            off.value),
                step_to_correction(posterior)};
      const Worst heavy = worst_of(summaries, quantities, tail);
      if (heavy.value > hopeless_tail)
        return {
            Level::not_trustworthy,
            fmt::format("the tails of `{}` are so heavy that its mean hangs on few draws (shape "
                        "{:.2f})",
                        heavy.name, heavy.value),
            "use a prior with lighter tails, or look at what depends less on them, such as the "
            "log or a quantile"};
      const Worst vague = worst_of(summaries, quantities, mean_bound);
      return {
          Level::not_trustworthy,
          fmt::format("the mean of `{}` is known to within {:.2g} posterior sds only, where 0.1 "
                      "is wanted",
                      vague.name, vague.value),
          step_to_correction(posterior)};
    }
  }
  return {};
}

}  // namespace vippl::inference
