#pragma once
#include <span>
#include <string>
#include <string_view>

#include "cli/exit_code.h"

namespace vippl::cli {

/// One subcommand: one file of cli/commands/.
struct Command {
  std::string_view name;
  std::string_view summary;
  /// `arguments` are those after the name. Throws Failure.
  ExitCode (*run)(std::span<const std::string> arguments);
};

extern const Command check_command, density_command, explain_command, reference_command,
    repl_command, run_command, sbc_command, tape_command;

/// Sorted as `vippl help` shows them.
std::span<const Command* const> all_commands();

}  // namespace vippl::cli
