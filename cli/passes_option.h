#pragma once
#include <string>

#include "cli/argument_parser.h"
#include "runtime/passes/optimise.h"

namespace vippl::cli {

/// Adds --passes to a command: which optimisations of the recorded program run.
void add_passes_option(ArgumentParser& parser, std::string& text);

/// What it says. Throws Failure where it names a pass that there is not.
runtime::PassSet parse_passes(const std::string& text);

}  // namespace vippl::cli
