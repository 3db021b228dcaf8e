#pragma once
#include <limits>

#include "inference/evaluator.h"
#include "inference/guide.h"

namespace vippl::inference {

/// How well a normal approximates the posterior, on few draws.
struct NormalScore {
  double elbo = -std::numeric_limits<double>::infinity();   ///< if a draw has no finite density
  double spread = std::numeric_limits<double>::infinity();  ///< sd of the log weights
};

/// On the draws that the rows of `noise` make, so that normals can be compared on common noise.
NormalScore score_normal(Evaluator& evaluator, const Start& normal, const Points& noise);

}  // namespace vippl::inference
