#pragma once
#include <string>

#include "runtime/model.h"

namespace vippl::cli {

/// A few lines: the sizes that the data gave, the latents, what is derived.
std::string model_card(const runtime::Model& model);

/// "weight[p]", "theta[3,K]": a name with the dimensions as the script has them.
std::string with_dimensions(const std::string& name, const std::vector<Eigen::Index>& shape,
                            const std::vector<std::string>& dimensions);

}  // namespace vippl::cli
