#pragma once
#include <string>

#include "cli/fit_report.h"

namespace vippl::cli {

/// The whole fit as one JSON object, ended by a line end. Numbers that are not finite are null.
std::string summary_json(const FitReport& report);

}  // namespace vippl::cli
