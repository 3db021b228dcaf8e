#pragma once
#include <string>

#include "lang/source.h"

namespace vippl::runtime {

/// What stands at a place of the script, on one line, shortened.
std::string one_line(lang::Span span, const lang::Sources& sources);

/// "file:line".
std::string place(lang::Span span, const lang::Sources& sources);

}  // namespace vippl::runtime
