#pragma once
#include <Eigen/Core>
#include <span>
#include <string>
#include <vector>

#include "inference/posterior.h"
#include "runtime/log_density.h"

namespace vippl::inference {

/// What the fit has learnt about one site beyond its prior.
struct SiteKl {
  enum class Finding { none, uninformed, runaway };
  std::string name;
  Eigen::Index dimension = 0;  ///< unconstrained coordinates
  /// KL(guide || prior) of this site given the sites before it, in nats: those of all sites add up
  /// to the KL of the whole guide from the whole prior. NaN where the site has no prior of its own.
  double kl = 0;
  double kl_se = 0;  ///< Monte Carlo standard error
  /// sd of the guide over that of the prior, both given the sites before; the geometric mean over
  /// the coordinates. NaN where there is no prior sd.
  double sd_ratio = 0;
  Finding finding = Finding::none;

  double kl_per_dimension() const { return kl / static_cast<double>(dimension); }
};

/// The name of a finding: "none", "uninformed", "runaway".
std::string_view name_of(SiteKl::Finding finding);

/// The draws of a fit on which its sites are compared with their priors.
Points site_kl_draws(const Posterior& posterior);

/// `log_priors` (draws x sites) and `prior_sd` (one per coordinate) are those of the sites' priors
/// at these draws, NaN where there is none. Where the guide is not normal, the normal with its mean
/// and covariance stands for it. Empty if that covariance is of no use.
std::vector<SiteKl> site_kl(const Guide& guide, const Points& draws,
                            std::span<const runtime::Site> sites, const Eigen::MatrixXd& log_priors,
                            const Eigen::VectorXd& prior_sd);

/// What a reader should know of these findings: a sentence for each kind; empty if there are none.
std::vector<std::string> site_notes(std::span<const SiteKl> sites);

}  // namespace vippl::inference
