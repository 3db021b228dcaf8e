#pragma once
#include "inference/posterior.h"
#include "inference/starts.h"

namespace vippl::inference {

/// Decides is_rival of the ends of the starts, against a fit that has been judged.
void mark_rivals(const Posterior& posterior, StartReport& start);

/// Whether a point lies beyond all draws of the normal.
bool is_outside(const Start& normal, const Eigen::VectorXd& point);

}  // namespace vippl::inference
