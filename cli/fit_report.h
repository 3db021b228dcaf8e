#pragma once
#include <span>
#include <string>
#include <vector>

#include "inference/posterior.h"
#include "inference/summary.h"
#include "runtime/log_density.h"

namespace vippl::cli {

/// All that the outputs of a fit are written from. Borrows the posterior and the quantities.
struct FitReport {
  std::string model;                    ///< path, as given
  std::vector<std::string> data_files;  ///< paths, as given
  std::span<const runtime::Quantity> quantities;
  Eigen::Index dimension = 0;  ///< unconstrained coordinates
  const inference::Posterior* posterior = nullptr;
  std::vector<inference::ScalarSummary> summaries;  ///< one per column of Draws
  double load_seconds = 0;                          ///< reading, checking and recording
  double total_seconds = 0;

  std::string guide_name() const;
  const inference::ScalarSummary& summary(const runtime::Quantity& quantity,
                                          Eigen::Index element) const;
};

}  // namespace vippl::cli
