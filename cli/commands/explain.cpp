#include <fmt/format.h>

#include <cstdio>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "lang/explanations.h"
#include "lang/nearest.h"

namespace vippl::cli {
namespace {

std::string list_text() {
  std::string text = "the codes of errors and warnings; `vippl explain CODE` says more of one\n\n";
  for (const lang::Explanation& each : lang::explanations()) {
    text += fmt::format("  {:<26}{}\n", each.code, each.title);
  }
  return text;
}

// The code as it stands in a message, with or without its brackets.
std::string_view bare(std::string_view code) {
  if (code.starts_with('[')) code.remove_prefix(1);
  if (code.ends_with(']')) code.remove_suffix(1);
  return code;
}

[[noreturn]] void fail_unknown(std::string_view code) {
  std::vector<std::string_view> codes;
  for (const lang::Explanation& each : lang::explanations()) codes.push_back(each.code);
  const auto guess = lang::nearest(code, codes);
  throw Failure(ExitCode::usage,
                fmt::format("vippl: there is no code `{}`{}\n  all of them: vippl explain\n", code,
                            guess ? fmt::format("; did you mean `{}`?", *guess) : ""));
}

ExitCode run(std::span<const std::string> texts) {
  std::string code;
  ArgumentParser parser("says what an error or a warning means, with an example and its repair",
                        "vippl explain");
  parser.add_option("code", code, "as in the brackets at the end of a message; none lists them all",
                    {.value = "CODE"});
  if (parse_arguments(parser, texts, nullptr) == Parsed::printed_help) return ExitCode::success;
  std::string output = list_text();
  if (!code.empty()) {
    const lang::Explanation* explanation = lang::find_explanation(bare(code));
    if (explanation == nullptr) fail_unknown(bare(code));
    output = lang::text(*explanation);
  }
  std::fwrite(output.data(), 1, output.size(), stdout);
  return ExitCode::success;
}

}  // namespace

const Command explain_command = {"explain", "say what an error or a warning means", &run};

}  // namespace vippl::cli
