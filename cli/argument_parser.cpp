#include "cli/argument_parser.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "cli/failure.h"
#include "lang/nearest.h"

namespace vippl::cli {

namespace {

std::vector<std::string> long_flags(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string unexpected(const CLI::App& app, const std::string& text) {
  if (!text.starts_with("-") || text == "-") return fmt::format("unexpected argument `{}`", text);
  const std::string flag = text.substr(0, text.find('='));
  const auto guess = lang::nearest(flag, long_flags(app));
  return guess ? fmt::format("unknown option `{}`; did you mean `{}`?", flag, *guess)
               : fmt::format("unknown option `{}`", flag);
}

/// CLI11 knows of a positional only that it may be absent; its words give way to ours.
std::string with_usage(std::string help, const std::string& usage) {
  constexpr std::string_view generic = "[OPTIONS] [MODEL]";
  const std::size_t at = help.find(generic);
  if (at != help.npos) help.replace(at, generic.size(), usage);
  return help;
}

void apply(const OptionStyle& style, CLI::Option& option) {
  option.type_name(style.value);
  if (style.is_required) option.required();
  if (style.may_stand_alone) option.expected(0, 1);
  if (!style.group.empty()) option.group(style.group);
}

}  // namespace

struct ArgumentParser::Parser {
  Parser(const std::string& summary, const std::string& command) : app(summary, command) {}

  CLI::App app;
};

ArgumentParser::ArgumentParser(const std::string& summary, const std::string& command)
    : parser_(std::make_unique<Parser>(summary, command)) {}

ArgumentParser::~ArgumentParser() = default;

void ArgumentParser::add_option(const std::string& names, std::string& value,
                                const std::string& help, const OptionStyle& style) {
  apply(style, *parser_->app.add_option(names, value, help));
}

void ArgumentParser::add_option(const std::string& names, std::vector<std::string>& values,
                                const std::string& help, const OptionStyle& style) {
  apply(style, *parser_->app.add_option(names, values, help));
}

void ArgumentParser::add_option(const std::string& names, std::int64_t& value,
                                const std::string& help, const OptionStyle& style) {
  apply(style, *parser_->app.add_option(names, value, help));
}

void ArgumentParser::add_option(const std::string& names,
                                const std::function<void(const std::string&)>& take,
                                const std::string& help, const OptionStyle& style) {
  apply(style, *parser_->app.add_option_function<std::string>(names, take, help));
}

void ArgumentParser::add_choice(const std::string& names, std::string& value,
                                const std::vector<std::string>& choices, const std::string& help) {
  const auto refusal = [choices](const std::string& text) {
    return std::find(choices.begin(), choices.end(), text) != choices.end()
               ? std::string()
               : fmt::format("expected one of {}, got `{}`", fmt::join(choices, ", "), text);
  };
  parser_->app.add_option(names, value, help)
      ->check(refusal, "")
      ->type_name(fmt::format("{}", fmt::join(choices, "|")));
}

void ArgumentParser::add_flag(const std::string& names, bool& flag, const std::string& help) {
  parser_->app.add_flag(names, flag, help);
}

void ArgumentParser::fail(const std::string& message) const {
  throw Failure(ExitCode::usage,
                fmt::format("{0}: {1}\n  see: {0} --help\n", parser_->app.get_name(), message));
}

Parsed ArgumentParser::parse(std::span<const std::string> texts, const std::string& usage) {
  CLI::App& app = parser_->app;
  app.allow_extras();
  app.set_help_flag("--help,-h", "this text");
  // CLI11 wants the arguments in reverse.
  std::vector<std::string> reversed(texts.rbegin(), texts.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const std::string help = with_usage(app.help(), usage);
    std::fwrite(help.data(), 1, help.size(), stdout);
    return Parsed::printed_help;
  } catch (const CLI::ParseError& error) {
    fail(error.what());
  }
  const std::vector<std::string> extra = app.remaining();
  const auto flag = std::find_if(extra.begin(), extra.end(),
                                 [](const std::string& text) { return text.starts_with("-"); });
  if (!extra.empty()) fail(unexpected(app, flag == extra.end() ? extra[0] : *flag));
  return Parsed::go_on;
}

}  // namespace vippl::cli
