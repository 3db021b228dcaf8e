#pragma once
#include "inference/posterior.h"

namespace vippl::inference {

/// For a fit that ended after a number of steps, once it has been judged: a number of steps proves
/// nothing, so it has converged if its location has nowhere left to go, to 0.05 sd. If not, the
/// stop sentence says how far. An interrupted fit stays what it is.
void require_nothing_left(Posterior& posterior);

}  // namespace vippl::inference
