#include "cli/repl.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <sstream>

#include "cli/arguments.h"
#include "cli/failure.h"
#include "cli/repl_help.h"
#include "lang/nearest.h"
#include "lang/parse.h"
#include "stdlib/registry.h"

namespace vippl::cli {
namespace {

enum class After { go_on, quit };

/// A word after `:`; `rest` is what follows it, without blanks around it.
struct ReplCommand {
  std::string_view name;
  std::string_view usage;
  std::string_view summary;
  std::string (*run)(ReplSession& session, const std::string& rest);
};

std::string help_text(ReplSession&, const std::string&);

std::string required(const std::string& rest, const char* usage) {
  if (rest.empty()) throw Failure(ExitCode::usage, fmt::format("usage: {}\n", usage));
  const bool is_quoted = rest.size() > 1 && rest.front() == '"' && rest.back() == '"';
  return is_quoted ? rest.substr(1, rest.size() - 2) : rest;
}

std::string run_fit(ReplSession& session, const std::string& rest) {
  std::vector<std::string> words;
  std::istringstream stream(rest);
  for (std::string word; stream >> word;) words.push_back(word);
  ArgumentParser parser("fits the statements entered so far", ":fit");
  FitOptions options;
  add_fit_options(parser, options);
  if (parse_arguments(parser, words) == Parsed::printed_help) return "";
  return session.fit(options);
}

constexpr std::array<ReplCommand, 9> commands = {{
    {":data", ":data FILE", "read a CSV or JSON file; `data` statements then name its columns",
     [](ReplSession& session, const std::string& rest) {
       return session.add_data(required(rest, ":data FILE"));
     }},
    {":load", ":load FILE", "enter the statements of a script",
     [](ReplSession& session, const std::string& rest) {
       return session.load(required(rest, ":load FILE"));
     }},
    {":fit", ":fit [OPTIONS]", "fit; options as of `vippl run`, see :fit --help", &run_fit},
    {":summary", ":summary [--all]", "the table of the last fit",
     [](ReplSession& session, const std::string& rest) {
       return session.summary(rest == "--all" ? Length::all : Length::elided);
     }},
    {":model", ":model", "the statements entered so far",
     [](ReplSession& session, const std::string&) { return session.listing(); }},
    {":undo", ":undo", "drop the last entry that was accepted",
     [](ReplSession& session, const std::string&) { return session.undo(); }},
    {":reset", ":reset", "forget the statements and the fit, keep the data",
     [](ReplSession& session, const std::string&) {
       session.reset();
       return std::string();
     }},
    {":help", ":help", "this text", &help_text},
    {":quit", ":quit", "leave; Ctrl-D does too", nullptr},
}};

std::string help_text(ReplSession&, const std::string&) {
  std::string text =
      "Type statements of the language, or an expression to see its value; a latent shows its\n"
      "prior or, after :fit, its posterior. ?normal describes a function or distribution.\n\n";
  for (const ReplCommand& command : commands) {
    text += fmt::format("  {:<18}{}\n", command.usage, command.summary);
  }
  return text;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

After run_command(ReplSession& session, const std::string& text, std::string& output) {
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string name = text.substr(0, end);
  for (const ReplCommand& command : commands) {
    if (command.name != name) continue;
    if (command.run == nullptr) return After::quit;
    output = command.run(session, trimmed(text.substr(end)));
    return After::go_on;
  }
  const auto guess = lang::nearest(name, command_names());
  throw Failure(ExitCode::usage,
                fmt::format("unknown command `{}`{}\n", name,
                            guess ? fmt::format("; did you mean `{}`?", *guess) : "; see :help"));
}

/// Errors of the data name the command's flag; here it is typed otherwise.
std::string in_words_of_the_session(std::string text) {
  constexpr std::string_view flag = "--data";
  for (std::size_t at = text.find(flag); at != text.npos; at = text.find(flag, at)) {
    text.replace(at, flag.size(), ":data");
  }
  return text;
}

void refuse_bare_command(const ReplSession& session, const std::string& text) {
  const bool is_command = text == "help" || text == "quit" || text == "exit";
  if (!is_command || session.definition(text)) return;
  throw Failure(ExitCode::usage, fmt::format("commands begin with a colon: {}\n",
                                             text == "help" ? ":help" : ":quit"));
}

After handle(ReplSession& session, const std::string& text, std::string& output) {
  refuse_bare_command(session, text);
  if (text.starts_with(':')) return run_command(session, text, output);
  if (text.starts_with('?')) {
    output = help_on(trimmed(text.substr(1)), stdlib::registry(), session);
  } else {
    output = session.enter(text);
  }
  return After::go_on;
}

/// One entry: a line, and those after it while a bracket is open or an operator hangs.
LineEditor::Reading read_entry(LineEditor& editor) {
  LineEditor::Reading entry = editor.read("vippl> ");
  if (entry.end != LineEditor::End::line) return entry;
  if (entry.text.starts_with(':') || entry.text.starts_with('?')) return entry;
  while (lang::wants_more(entry.text)) {
    const LineEditor::Reading more = editor.read("  ...> ");
    if (more.end == LineEditor::End::interrupted) return more;
    if (more.end == LineEditor::End::input) break;
    entry.text += '\n' + more.text;
  }
  return entry;
}

}  // namespace

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const ReplCommand& command : commands) names.emplace_back(command.name);
  return names;
}

ExitCode run_repl(LineEditor& editor, ReplSession& session) {
  bool has_failed = false;
  for (;;) {
    const LineEditor::Reading entry = read_entry(editor);
    if (entry.end == LineEditor::End::input) break;
    const std::string text = trimmed(entry.text);
    if (entry.end == LineEditor::End::interrupted || text.empty()) continue;
    editor.remember(text);
    std::string output;
    try {
      if (handle(session, text, output) == After::quit) break;
    } catch (const Failure& failure) {
      has_failed = true;
      std::fputs(in_words_of_the_session(failure.what()).c_str(), stderr);
    } catch (const std::exception& error) {
      // The session is worth more than a clean end: what was entered stays.
      has_failed = true;
      fmt::print(stderr, "this is a bug of vippl, please report it: {}\n", error.what());
    }
    std::fwrite(output.data(), 1, output.size(), stdout);
    std::fflush(stdout);
  }
  return has_failed && !editor.is_interactive() ? ExitCode::model : ExitCode::success;
}

}  // namespace vippl::cli
