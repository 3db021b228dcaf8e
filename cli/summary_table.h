#pragma once
#include <string>

#include "cli/fit_report.h"
#include "cli/terminal.h"

namespace vippl::cli {

enum class Length { elided, all };

/// The rows alone, latents before derived and generated values; long arrays are elided.
std::string summary_rows(const FitReport& report, const Terminal& terminal, Length length);

/// The rows of one quantity, under a header.
std::string quantity_rows(const FitReport& report, const runtime::Quantity& quantity,
                          const Terminal& terminal, Length length);

/// What `vippl run` prints: the rows, then how the fit went, the verdict, and what to type next.
std::string summary_table(const FitReport& report, const Terminal& terminal, Length length);

}  // namespace vippl::cli
