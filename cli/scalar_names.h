#pragma once
#include <string>

#include "inference/scalar_names.h"
#include "runtime/log_density.h"

namespace vippl::cli {

using inference::scalar_count;
using inference::scalar_name;

/// scalar_name() with labels from the data where there are some: "weight[malic_acid]".
std::string scalar_label(const runtime::Quantity& quantity, Eigen::Index element);

}  // namespace vippl::cli
