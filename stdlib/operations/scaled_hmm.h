#pragma once
#include <memory>

#include "runtime/operation.h"

namespace vippl::stdlib {

/// The log density of a hidden Markov model, computed with scaled sums wherever they keep their
/// digits, else by `exact`.
std::shared_ptr<const runtime::Operation> make_scaled_hmm(
    std::shared_ptr<const runtime::Operation> exact, runtime::Index times, runtime::Index states);

}  // namespace vippl::stdlib
