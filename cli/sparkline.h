#pragma once
#include <span>
#include <string>

#include "cli/terminal.h"

namespace vippl::cli {

/// One character per value, from the least (of `from` and the values) to the greatest: a picture in
/// one line. Values that are not finite are blanks. Without UTF-8 eight characters of growing ink.
std::string sparkline(std::span<const double> values, double from, const Terminal& terminal);

}  // namespace vippl::cli
