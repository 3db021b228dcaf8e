#pragma once
#include <vector>

#include "inference/posterior.h"
#include "inference/starts.h"

namespace vippl::inference {

/// The ends of the starts, with is_rival decided against a fit that has been judged.
std::vector<StartEnd> with_rivals(StartReport start, const Posterior& posterior);

}  // namespace vippl::inference
