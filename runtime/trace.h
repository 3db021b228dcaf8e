#pragma once
#include <string>
#include <vector>

#include "runtime/log_density.h"
#include "runtime/replay.h"

// What a replayed tape says about single statements: their terms, and where a bad number comes
// from.

namespace vippl::runtime {

/// The terms of a replay with one lane, added up per statement in the order of the script.
std::vector<Term> statement_terms(const Tape& tape, const Replay& replay,
                                  const lang::Sources& sources);

/// In words, the first instruction of a replay with one lane whose result is not finite although
/// its inputs are; empty if all are finite.
std::string first_non_finite(const Tape& tape, const Schedule& schedule, const Replay& replay,
                             const lang::Sources& sources);

}  // namespace vippl::runtime
