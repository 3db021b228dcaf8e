#include "cli/repl.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/line_editor.h"
#include "cli/repl_help.h"
#include "cli/version.h"
#include "stdlib/registry.h"

namespace vippl::cli {
namespace {

ExitCode run(std::span<const std::string> texts) {
  ModelArguments arguments;
  ArgumentParser parser("an interactive session, or one that reads entries from a pipe",
                        "vippl repl");
  add_model_arguments(parser, arguments, Presence::optional);
  if (parse_arguments(parser, texts) == Parsed::printed_help) return ExitCode::success;

  ReplSession session(terminal_of(STDOUT_FILENO), parse_settings(arguments.set));
  const auto complete = [&](const std::string& before_cursor) {
    return completions(before_cursor, stdlib::registry(), session);
  };
  const bool is_interactive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  const std::unique_ptr<LineEditor> editor =
      is_interactive ? make_terminal_editor(history_path(), complete) : make_plain_editor();
  if (is_interactive) fmt::print("vippl {}  (:help, :quit)\n", version);
  std::string output;
  for (const std::string& path : arguments.data) output += session.add_data(path);
  if (!arguments.model.empty()) output += session.load(arguments.model);
  std::fwrite(output.data(), 1, output.size(), stdout);
  std::fflush(stdout);
  return run_repl(*editor, session);
}

}  // namespace

const Command repl_command = {"repl", "try statements, fit and look around", &run};

}  // namespace vippl::cli
