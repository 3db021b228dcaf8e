#pragma once
#include <Eigen/Core>

#include "runtime/log_density.h"

namespace vippl::cli {

/// Microseconds per gradient and point when `lanes` points are evaluated at once on all rows: the
/// best of several blocks, since other work on the machine only ever adds time.
double microseconds_per_gradient(const runtime::LogDensity& model, const Eigen::VectorXd& point,
                                 Eigen::Index lanes);

}  // namespace vippl::cli
