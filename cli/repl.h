#pragma once
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/line_editor.h"
#include "cli/repl_session.h"

namespace vippl::cli {

/// Reads entries until `:quit` or the end of the input. An entry that fails is reported on stderr
/// and not kept. From a terminal the status is always success; from a pipe it is `model` if any
/// entry failed, so that scripts notice.
ExitCode run_repl(LineEditor& editor, ReplSession& session);

/// ":data", ":fit", ...
std::vector<std::string> command_names();

}  // namespace vippl::cli
