#pragma once
#include <string>
#include <vector>

#include "runtime/log_density.h"

namespace vippl::inference {

/// Number of scalars of a quantity.
Eigen::Index scalar_count(const runtime::Quantity& quantity);

/// Number of scalars that a model reports: the columns of Draws.
Eigen::Index scalar_count(const runtime::LogDensity& model);

/// Where scalar `element`, counted row-major, stands in each dimension; all from 0.
std::vector<Eigen::Index> subscripts(const runtime::Quantity& quantity, Eigen::Index element);

/// "beta", "beta[3]", "beta[1,2]": what other tools read. `element` counts row-major from 0.
std::string scalar_name(const runtime::Quantity& quantity, Eigen::Index element);

}  // namespace vippl::inference
