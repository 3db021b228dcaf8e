#pragma once
#include <string>

#include "lang/check.h"

namespace vippl::tests {

/// Parses and checks a script against the small table of test_signatures.h: one diagnostic per
/// line, as "3:8 unknown-name", warnings with "warning" behind; errors of the parser the same way.
std::string check_text(const std::string& script, const lang::DataFacts& data = {});

/// The diagnostics themselves.
lang::Diagnostics check_script(const std::string& script, const lang::DataFacts& data = {});

}  // namespace vippl::tests
