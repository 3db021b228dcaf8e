#pragma once
#include <vector>

#include "runtime/tape.h"

namespace vippl::runtime::passes {

/// Per node: how many instructions that the log joint or a guard needs take it as an input, the
/// terms and guards themselves included.
std::vector<int> uses_in_density(const Tape& tape);

}  // namespace vippl::runtime::passes
