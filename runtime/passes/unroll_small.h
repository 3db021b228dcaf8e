#pragma once
#include "runtime/tape.h"

namespace vippl::runtime::passes {

/// A recurrence on a few numbers, one after the other: what it does to small arrays is done number
/// by number, so that a scalar program can hold it. Does nothing to tapes with few such
/// instructions.
Tape unroll_small(Tape tape);

}  // namespace vippl::runtime::passes
