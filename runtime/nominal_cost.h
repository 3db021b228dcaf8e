#pragma once
#include "runtime/tape.h"

namespace vippl::runtime {

/// Seconds that one gradient takes where several points are evaluated at once, reckoned from the
/// number of instructions of the tape and the numbers that they read and write: nominal, so that
/// what depends on it depends neither on the clock nor on the processor. Right to a factor of two
/// for most models, too low where one instruction does much work on few numbers, such as a Cholesky
/// factor, and says nothing of it (Operation::inner_seconds).
double nominal_seconds(const Tape& tape);

}  // namespace vippl::runtime
