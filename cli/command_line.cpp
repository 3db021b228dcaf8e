#include "cli/command_line.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <vector>

#include "cli/command.h"
#include "cli/failure.h"
#include "cli/version.h"
#include "lang/nearest.h"
#include "runtime/data.h"

namespace vippl::cli {

std::span<const Command* const> all_commands() {
  static constexpr std::array<const Command*, 8> commands = {
      &run_command,  &sbc_command,     &check_command, &explain_command,
      &repl_command, &density_command, &tape_command,  &reference_command};
  return commands;
}

namespace {

std::string help_text() {
  std::string text = fmt::format(
      "vippl {}: fits probabilistic models by variational inference\n\n"
      "  vippl run wine.vi --data wine.csv                    fit and print the posterior\n"
      "  vippl run wine.vi --data wine.csv --guide fullrank   with a guide that follows "
      "correlations\n"
      "  vippl repl wine.vi --data wine.csv                   look around\n\n"
      "commands:\n",
      version);
  for (const Command* command : all_commands()) {
    text += fmt::format("  {:<11}{}\n", command->name, command->summary);
  }
  return text +
         "  help       this text, or `vippl help COMMAND`\n\n"
         "exit status: 0 good, 1 model or data wrong, 2 usage, 3 no fit could be made,\n"
         "  4 with --strict: fit not trustworthy, 5 input or output, 70 a bug of vippl,\n"
         "  130 interrupted\n";
}

const Command* find_command(std::string_view name) {
  for (const Command* command : all_commands()) {
    if (command->name == name) return command;
  }
  return nullptr;
}

[[noreturn]] void fail_unknown(const std::string& text) {
  if (text.ends_with(".vi")) {
    throw Failure(ExitCode::usage, fmt::format("vippl: what should be done with {0}? Try:\n"
                                               "  vippl run {0} --data FILE\n"
                                               "  vippl check {0}\n",
                                               text));
  }
  std::vector<std::string_view> names = {"help"};
  for (const Command* command : all_commands()) names.push_back(command->name);
  if (text.starts_with("-")) names = {"--help", "--version"};
  const auto guess = lang::nearest(text, names);
  throw Failure(ExitCode::usage,
                fmt::format("vippl: unknown {} `{}`{}\n  see: vippl help\n",
                            text.starts_with("-") ? "option" : "command", text,
                            guess ? fmt::format("; did you mean `{}`?", *guess) : ""));
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

ExitCode help(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    print(help_text());
    return ExitCode::success;
  }
  const Command* command = find_command(arguments[0]);
  if (command == nullptr) fail_unknown(arguments[0]);
  const std::array<std::string, 1> flag = {"--help"};
  return command->run(flag);
}

ExitCode dispatch(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    throw Failure(ExitCode::usage, help_text());
  }
  const std::string& first = arguments[0];
  if (first == "--version") {
    print(fmt::format("vippl {}\n", version));
    return ExitCode::success;
  }
  if (first == "help" || first == "--help" || first == "-h") return help(arguments.subspan(1));
  if (const Command* command = find_command(first)) return command->run(arguments.subspan(1));
  fail_unknown(first);
}

ExitCode report_bug(const char* what) {
  fmt::print(stderr,
             "vippl: this is a bug of vippl {}: {}\n"
             "  please report it with this text, the script and, if possible, the data\n",
             version, what);
  return ExitCode::internal;
}

ExitCode guarded(std::span<const std::string> arguments) {
  try {
    return dispatch(arguments);
  } catch (const Failure& failure) {
    std::fputs(failure.what(), stderr);
    return failure.code();
  } catch (const runtime::DataError& error) {
    fmt::print(stderr, "vippl: {}\n", error.what());
    return ExitCode::model;
  } catch (const lang::ModelError& error) {
    // Whoever holds the sources renders it with its place; without them the sentence must do.
    fmt::print(stderr, "vippl: error: {}\n", error.what());
    return ExitCode::model;
  } catch (const std::bad_alloc&) {
    return report_bug("out of memory (the model may need more than this machine has)");
  } catch (const std::exception& error) {
    return report_bug(error.what());
  } catch (...) {
    return report_bug("an exception of unknown type");
  }
}

}  // namespace

ExitCode run_command_line(std::span<const std::string> arguments) {
  const ExitCode code = guarded(arguments);
  const bool is_flushed = std::fflush(stdout) == 0;
  const int reason = errno;
  // A write that failed earlier leaves its mark here only: the flush after it succeeds.
  if (!is_flushed || std::ferror(stdout) != 0) {
    fmt::print(stderr, "vippl: the output cannot be written{}\n",
               is_flushed ? "" : fmt::format(": {}", std::strerror(reason)));
    return ExitCode::input_output;
  }
  return code;
}

}  // namespace vippl::cli
