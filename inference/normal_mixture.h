#pragma once
#include <memory>
#include <vector>

#include "inference/guide.h"

namespace vippl::inference {

/// Normals, each with its factor, and what share of the whole each has.
struct MixedNormals {
  std::vector<Start> normals;
  Eigen::VectorXd shares;  ///< positive, adding up to 1

  Eigen::Index count() const { return shares.size(); }
};

/// With equal shares.
MixedNormals mixed_equally(std::vector<Start> normals);

/// B x count(): column k is the log of share k times the density of normal k.
Eigen::MatrixXd log_parts(const MixedNormals& mixture, const Points& z);
/// The log of the sum of each row of exp(log_parts).
Eigen::VectorXd log_sum_of_rows(const Eigen::MatrixXd& log_parts);

/// A guide that has no parameters to fit: it is made, not optimised. The last of its d + 1 noise
/// coordinates chooses the normal.
std::unique_ptr<Guide> make_normal_mixture(MixedNormals mixture);

}  // namespace vippl::inference
