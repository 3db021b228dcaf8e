#include "inference/mixture_rung.h"

#include <cmath>
#include <optional>
#include <utility>

#include "inference/mixture_fit.h"

namespace vippl::inference {

namespace {

using Eigen::Index;

/// Of the modes that are no exchanges of another; nothing where that is one only.
std::optional<MixedNormals> mixture_of_modes(const Modes& modes, std::vector<Start> normals) {
  MixedNormals mixture;
  std::vector<double> shares;
  for (std::size_t k = 0; k < modes.found.size(); ++k) {
    if (modes.found[k].exchange_of) continue;
    mixture.normals.push_back(std::move(normals[k]));
    shares.push_back(modes.found[k].share);
  }
  if (mixture.normals.size() < 2) return std::nullopt;
  mixture.shares = Eigen::Map<const Eigen::VectorXd>(shares.data(), std::ssize(shares));
  mixture.shares /= mixture.shares.sum();
  return mixture;
}

std::optional<MixedNormals> first_mixture(const Posterior& posterior, std::vector<Start> normals) {
  constexpr Index many = 50;  // above, k-hat could not vouch for a mixture
  if (posterior.guide_request != "auto" || posterior.guide->dimension() > many) return std::nullopt;
  if (!posterior.modes.found.empty()) return mixture_of_modes(posterior.modes, std::move(normals));
  if (posterior.correction() != Posterior::Correction::none || !posterior.guide->is_normal() ||
      !std::isfinite(posterior.khat))
    return std::nullopt;
  return split_guide(posterior);
}

}  // namespace

void try_mixture(Evaluator& evaluator, std::vector<Start> normals, Progress& progress,
                 Posterior& posterior) {
  const bool knows_modes = posterior.starts_agree() || !posterior.modes.found.empty();
  if (progress.interrupted() || !knows_modes) return;
  std::optional<MixedNormals> first = first_mixture(posterior, std::move(normals));
  if (!first) return;
  if (posterior.budget.is_spent(evaluator.gradient_evaluations())) {
    posterior.notes.push_back("the budget was spent before a mixture of normals could be tried");
    return;
  }
  progress.begin("mixture", 0);
  FittedMixture fitted =
      fit_mixture(evaluator, std::move(*first), posterior.seed, progress, posterior.budget);
  count_evaluations(evaluator, posterior);
  const double error = 2 * std::hypot(fitted.elbo_se, posterior.elbo_se);
  if (!(fitted.elbo > posterior.elbo + error) || progress.interrupted()) return;
  posterior.guide = make_normal_mixture(std::move(fitted.mixture));
  posterior.modes.guide_holds_them = !posterior.modes.found.empty();
  // Those that began at one of several modes know nothing of the others.
  if (posterior.modes.guide_holds_them) posterior.short_chains.reset();
  judge(evaluator, {}, progress, posterior);
}

}  // namespace vippl::inference
