#pragma once
#include <string>

#include "cli/fit_report.h"
#include "cli/terminal.h"

namespace vippl::cli {

/// The modes of the posterior side by side, one column each: share, ELBO, the starts that found
/// them, and mean and sd of what differs. Empty where there is one mode, or none is known.
std::string modes_table(const FitReport& report, const Terminal& terminal);

}  // namespace vippl::cli
