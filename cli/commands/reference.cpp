#include "cli/reference.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "lang/nearest.h"
#include "stdlib/registry.h"

namespace vippl::cli {
namespace {

std::string text_or_failure(const std::string& name) {
  std::string text = reference_text(name, stdlib::registry());
  if (!text.empty()) return text;
  const auto guess = lang::nearest(name, reference_names(stdlib::registry()));
  throw Failure(ExitCode::usage,
                fmt::format("vippl: no function or distribution is named `{}`{}\n", name,
                            guess ? fmt::format("; did you mean `{}`?", *guess) : ""));
}

ExitCode run(std::span<const std::string> texts) {
  std::string name;
  bool only_distributions = false;
  bool only_functions = false;
  ArgumentParser parser(
      "prints what is known of a function or distribution, or of all of them as Markdown",
      "vippl reference");
  parser.add_option("NAME", name, "a function or distribution; without it: all of them", {});
  parser.add_flag("--distributions", only_distributions, "all distributions");
  parser.add_flag("--functions", only_functions, "all functions");
  if (parse_arguments(parser, texts) == Parsed::printed_help) return ExitCode::success;

  std::string text;
  if (!name.empty()) {
    text = text_or_failure(name);
  } else {
    const runtime::Registry& registry = stdlib::registry();
    if (!only_functions) text += reference_page(ReferencePage::distributions, registry);
    if (only_distributions == only_functions) text += '\n';
    if (!only_distributions) text += reference_page(ReferencePage::functions, registry);
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return ExitCode::success;
}

}  // namespace

const Command reference_command = {"reference",
                                   "print what is known of functions and distributions", &run};

}  // namespace vippl::cli
