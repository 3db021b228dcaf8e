#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "lang/signature.h"

namespace vippl::lang::checking {

/// The distribution of the table that goes by another name elsewhere: `gaussian`, `dnorm`,
/// `HalfNormal`, `normal_lpdf`. A table of spellings, which says nothing of their arguments.
std::optional<std::string> distribution_meant(std::string_view name, const SignatureTable& table);

}  // namespace vippl::lang::checking
