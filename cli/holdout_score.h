#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace vippl::cli {

/// How well a fit predicts rows that it has not seen.
struct HoldoutScore {
  std::string plate;
  Eigen::Index row_count = 0;          ///< of the plate, withheld or not
  std::vector<std::int32_t> withheld;  ///< from 0, in order
  Eigen::VectorXd log_density;         ///< log predictive density of each of them, in nats
  Eigen::Index draws = 0;              ///< of the posterior, over which densities are averaged

  double total() const { return log_density.sum(); }
  double per_row() const { return log_density.mean(); }
  double per_row_se() const;  ///< by the differences between rows
};

}  // namespace vippl::cli
