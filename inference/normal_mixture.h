#pragma once
#include <memory>
#include <vector>

#include "inference/guide.h"

namespace vippl::inference {

/// Several normals with equal weights, each with its factor. Has no parameters to fit: it is made,
/// not optimised. The last of its d + 1 noise coordinates chooses the normal.
std::unique_ptr<Guide> make_normal_mixture(std::vector<Start> normals);

}  // namespace vippl::inference
