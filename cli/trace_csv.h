#pragma once
#include <string>

#include "inference/posterior.h"

namespace vippl::cli {

/// The trace of a fit as CSV: iter, time_in_seconds, ELBO (the columns of CmdStan's diagnostic
/// file), gradient_norm and step.
std::string trace_csv(const inference::Posterior& posterior);

}  // namespace vippl::cli
