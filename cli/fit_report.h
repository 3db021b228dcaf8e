#pragma once
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "cli/holdout_score.h"
#include "inference/posterior.h"
#include "inference/site_kl.h"
#include "inference/summary.h"
#include "inference/verdict.h"
#include "runtime/frozen.h"
#include "runtime/log_density.h"

namespace vippl::cli {

/// All that the outputs of a fit are written from. Borrows the posterior and the quantities.
struct FitReport {
  std::string model;                    ///< path, as given
  std::vector<std::string> data_files;  ///< paths, as given
  std::span<const runtime::Quantity> quantities;
  Eigen::Index dimension = 0;  ///< unconstrained coordinates
  const inference::Posterior* posterior = nullptr;
  std::span<const runtime::Site> latents;           ///< where they stand among those coordinates
  std::set<std::string> noncentred;                 ///< names of latents that were fitted so
  std::vector<inference::ScalarSummary> summaries;  ///< one per column of Draws
  std::vector<inference::SiteKl> sites;             ///< empty where they were not compared
  std::optional<HoldoutScore> holdout;
  std::span<const runtime::FrozenStatistic> frozen;
  double load_seconds = 0;  ///< reading, checking and recording
  double total_seconds = 0;

  std::string guide_name() const;
  inference::Verdict verdict() const;
  /// Those of the fit, and what its sites have learnt beyond their priors.
  std::vector<std::string> notes() const;
  const inference::ScalarSummary& summary(const runtime::Quantity& quantity,
                                          Eigen::Index element) const;
};

}  // namespace vippl::cli
