#include "inference/chain_verdict.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>

#include "inference/scalar_names.h"

namespace vippl::inference {

namespace {

using Eigen::Index;
using Level = Verdict::Level;

struct Found {
  const runtime::Quantity* quantity = nullptr;
  Index element = 0;
  double value = 0;

  std::string name() const { return fmt::format("`{}`", scalar_name(*quantity, element)); }
};

/// Where `value` is largest; what never changes (NaN) does not count, nor what is generated.
template <class Value>
Found largest(const Chains& chains, std::span<const runtime::Quantity> quantities,
              const Value& value) {
  Found worst{nullptr, 0, -std::numeric_limits<double>::infinity()};
  for (const runtime::Quantity& quantity : quantities) {
    if (quantity.kind == runtime::Quantity::Kind::generated) continue;
    for (Index e = 0; e < static_cast<Index>(quantity.maps.size()); ++e) {
      const auto column = static_cast<std::size_t>(quantity.offset + e);
      const double found = value(chains.diagnostics[column]);
      if (found > worst.value) worst = {&quantity, e, found};
    }
  }
  return worst;
}

std::string step_after_divergences() {
  return "write scaled effects as `tau * z` with `z ~ normal(0, 1)`, use tighter priors, or raise "
         "`--target-accept` to 0.95 or more";
}

}  // namespace

Verdict verdict_of_chains(const Posterior& posterior,
                          std::span<const runtime::Quantity> quantities) {
  const Chains& chains = *posterior.chains;
  if (posterior.stop_reason == StopReason::interrupted)
    return {Level::not_trustworthy, "the chains were interrupted",
            "run it again and let it finish"};
  if (chains.divergent_share() > most_divergent)
    return {Level::not_trustworthy,
            fmt::format("{:.2g} % of the transitions diverged: the chains avoid a part of the "
                        "posterior, such as the neck of a funnel",
                        100 * chains.divergent_share()),
            step_after_divergences()};

  const Found rhat = largest(chains, quantities, [](const ChainDiagnostics& d) { return d.rhat; });
  if (rhat.quantity != nullptr && rhat.value >= rhat_limit)
    return {Level::not_trustworthy,
            fmt::format("the chains do not agree on {}: R-hat {:.3f}", rhat.name(), rhat.value),
            "raise `--warmup` and `--samples`; if R-hat stays high there are several modes: use "
            "tighter priors, or order components that can change places: `ordered[k]`"};
  const Found bulk =
      largest(chains, quantities, [](const ChainDiagnostics& d) { return -d.ess_bulk; });
  if (bulk.quantity != nullptr && -bulk.value <= least_ess)
    return {Level::not_trustworthy,
            fmt::format("the draws of {} are worth {:.0f} independent ones only", bulk.name(),
                        -bulk.value),
            "raise `--samples`"};
  if (chains.divergences > 0)
    return {Level::usable_for_means,
            fmt::format("{} of {} transitions diverged: the chains may avoid a corner of the "
                        "posterior",
                        chains.divergences, chains.transitions),
            step_after_divergences()};
  const Found tail =
      largest(chains, quantities, [](const ChainDiagnostics& d) { return -d.ess_tail; });
  if (tail.quantity != nullptr && -tail.value <= least_ess)
    return {Level::usable_for_means,
            fmt::format("the tails of {} are known from {:.0f} independent draws only", tail.name(),
                        -tail.value),
            "raise `--samples`"};
  if (rhat.quantity == nullptr)
    return {Level::not_trustworthy, "the chains never moved", "raise `--warmup`"};
  return {Level::trustworthy,
          fmt::format("{} chains agree: R-hat at most {:.3f}, at least {:.0f} effective draws",
                      chains.count, rhat.value, -std::max(bulk.value, tail.value)),
          ""};
}

}  // namespace vippl::inference
