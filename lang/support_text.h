#pragma once
#include <span>
#include <string>

#include "lang/signature.h"

namespace vippl::lang {

/// As text(support), with bounds that are parameters called by their names: "real > lower".
std::string text(const Support& support, std::span<const Parameter> parameters);

}  // namespace vippl::lang
