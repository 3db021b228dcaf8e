#include "inference/reported_draws.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vippl::inference {

using Eigen::Index;

ReportedDraws reported_draws(const Posterior& posterior) {
  // Markov chains made the draws: there is no guide to correct.
  if (posterior.chains) {
    return {.points = posterior.draws,
            .constrained = posterior.constrained,
            .log_weights = Eigen::VectorXd::Zero(posterior.draws.rows()),
            .chains = posterior.draws.rows() / posterior.chains->kept};
  }
  const bool is_corrected = posterior.guide_request == "auto";
  if (is_corrected && posterior.correction() == Posterior::Correction::short_chains) {
    const ShortChains& chains = *posterior.short_chains;
    return {.points = chains.draws,
            .constrained = chains.constrained,
            .log_weights = Eigen::VectorXd::Zero(chains.draws.rows()),
            .chains = chains.chains,
            .is_chain_by_chain = false};
  }
  ReportedDraws draws{.points = posterior.draws,
                      .constrained = posterior.constrained,
                      .log_weights = Eigen::VectorXd::Zero(posterior.draws.rows())};
  if (is_corrected && posterior.correction() == Posterior::Correction::weights) {
    draws.log_weights = posterior.log_weights;
    draws.is_weighted = true;
  }
  for (Index s = 0; s < draws.log_weights.size(); ++s) {
    if (!std::isfinite(posterior.log_p[s]))
      draws.log_weights[s] = -std::numeric_limits<double>::infinity();
  }
  return draws;
}

std::vector<Index> pick(const ReportedDraws& draws, Index count, Rng& rng) {
  std::vector<Index> rows;
  if (draws.is_weighted) {
    const Eigen::VectorXd weights =
        (draws.log_weights.array() - draws.log_weights.maxCoeff()).exp();
    for (Index i = 0; i < count; ++i) {
      rows.push_back(static_cast<Index>(
          rng.categorical({weights.data(), static_cast<std::size_t>(weights.size())})));
    }
    return rows;
  }
  for (Index s = 0; s < draws.log_weights.size(); ++s)
    if (std::isfinite(draws.log_weights[s])) rows.push_back(s);
  const std::size_t wanted = std::min(rows.size(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < wanted; ++i) std::swap(rows[i], rows[i + rng.index(rows.size() - i)]);
  rows.resize(wanted);
  return rows;
}

}  // namespace vippl::inference
