#pragma once
#include <string>

#include "runtime/log_density.h"

namespace vippl::cli {

/// Number of scalars of a quantity.
Eigen::Index scalar_count(const runtime::Quantity& quantity);

/// "beta", "beta[3]", "beta[1,2]": what other tools read. `element` counts row-major from 0.
std::string scalar_name(const runtime::Quantity& quantity, Eigen::Index element);

/// The same with labels from the data where there are some: "weight[malic_acid]".
std::string scalar_label(const runtime::Quantity& quantity, Eigen::Index element);

}  // namespace vippl::cli
