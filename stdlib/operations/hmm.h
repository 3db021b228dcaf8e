#pragma once
#include "stdlib/rules.h"

// Hidden Markov models: a chain of one of K states per time, each with a log density of what was
// observed.

namespace vippl::stdlib {

/// log of the sum over all paths of the product of initial weight, transition weights and
/// densities. Weights need not sum to 1. Rabiner (1989), Proc. IEEE 77(2).
std::shared_ptr<const runtime::Operation> make_hmm_log_density(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

/// The probability of each state at each time, given all that was observed; T x K.
std::shared_ptr<const runtime::Operation> make_hmm_smooth(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

}  // namespace vippl::stdlib
