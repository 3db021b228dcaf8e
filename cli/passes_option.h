#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "runtime/passes/optimise.h"

namespace vippl::cli {

/// Adds --passes to a command: which optimisations of the recorded program run.
void add_passes_option(CLI::App& app, std::string& text);

/// What it says. Throws Failure where it names a pass that there is not.
runtime::PassSet parse_passes(const std::string& text);

}  // namespace vippl::cli
