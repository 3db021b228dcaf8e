#pragma once
#include <span>
#include <string>

#include "cli/exit_code.h"

namespace vippl::cli {

/// The whole program, from the arguments after its name to the exit status. Nothing is thrown out
/// of it.
ExitCode run_command_line(std::span<const std::string> arguments);

}  // namespace vippl::cli
