#pragma once
#include <vector>

#include "cli/fit_report.h"

namespace vippl::cli::testing {

/// A fit with known numbers: bias, weight[p] with labels, a 2 x 2 matrix, and a derived value per
/// row of the data.
struct HandMadeFit {
  explicit HandMadeFit(Eigen::Index rows = 30);

  std::vector<runtime::Quantity> quantities;
  inference::Posterior posterior;
  FitReport report;
};

}  // namespace vippl::cli::testing
