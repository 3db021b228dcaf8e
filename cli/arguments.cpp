#include "cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "cli/failure.h"
#include "lang/nearest.h"

namespace vippl::cli {
namespace {

[[noreturn]] void fail_usage(const CLI::App& app, const std::string& message) {
  throw Failure(ExitCode::usage,
                fmt::format("{0}: {1}\n  see: {0} --help\n", app.get_name(), message));
}

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

/// CLI11 knows of a positional only that it may be absent: `take_model_from_data` looks for it.
std::string with_usage(std::string help, std::string_view usage) {
  constexpr std::string_view generic = "[OPTIONS] [MODEL]";
  const std::size_t at = help.find(generic);
  if (at != help.npos) help.replace(at, generic.size(), usage);
  return help;
}

/// `vippl run --data wine.csv wine.vi`: --data takes all that follows, the script included.
void take_model_from_data(ModelArguments& arguments) {
  if (!arguments.model.empty()) return;
  const auto is_script = [](const std::string& path) { return path.ends_with(".vi"); };
  const auto found = std::find_if(arguments.data.begin(), arguments.data.end(), is_script);
  if (found == arguments.data.end()) return;
  arguments.model = *found;
  arguments.data.erase(found);
}

}  // namespace

void add_model_arguments(CLI::App& app, ModelArguments& arguments, Presence model) {
  app.add_option("MODEL", arguments.model,
                 model == Presence::required ? "script, a .vi file" : "script to begin with")
      ->type_name("");
  app.add_option("--data,-d", arguments.data, "CSV or JSON; `-` is standard input; may be repeated")
      ->type_name("FILE");
  app.add_option("--set", arguments.set, "value of a `data` scalar, such as K=5; may be repeated")
      ->type_name("NAME=VALUE");
}

void add_format_option(CLI::App& app, std::string& format) {
  const auto refusal = [](const std::string& text) {
    return text == "table" || text == "json"
               ? std::string()
               : fmt::format("expected one of table, json, got `{}`", text);
  };
  app.add_option("--format", format, "of the result (default table)")
      ->check(refusal, "")
      ->type_name("table|json");
}

std::map<std::string, double> parse_settings(const std::vector<std::string>& texts) {
  std::map<std::string, double> settings;
  for (const std::string& text : texts) {
    const std::size_t sign = text.find('=');
    double value = 0;
    const char* end = text.data() + text.size();
    const bool is_number = sign != text.npos && sign > 0 && [&] {
      const auto [stop, problem] = std::from_chars(text.data() + sign + 1, end, value);
      return problem == std::errc() && stop == end && !std::isnan(value);
    }();
    if (!is_number) {
      throw Failure(ExitCode::usage,
                    fmt::format("vippl: --set {}: expected NAME=NUMBER, such as K=5\n", text));
    }
    settings[text.substr(0, sign)] = value;
  }
  return settings;
}

Parsed parse_arguments(CLI::App& app, std::span<const std::string> texts,
                       ModelArguments* arguments) {
  app.allow_extras();
  app.set_help_flag("--help,-h", "this text");
  // CLI11 wants the arguments in reverse.
  std::vector<std::string> reversed(texts.rbegin(), texts.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const std::string help =
        with_usage(app.help(), arguments == nullptr ? "[MODEL] [--data FILE...] [options]"
                                                    : "MODEL --data FILE... [options]");
    std::fwrite(help.data(), 1, help.size(), stdout);
    return Parsed::printed_help;
  } catch (const CLI::ParseError& error) {
    fail_usage(app, error.what());
  }
  const std::vector<std::string> extra = app.remaining();
  const auto flag = std::find_if(extra.begin(), extra.end(),
                                 [](const std::string& text) { return text.starts_with("-"); });
  if (!extra.empty()) fail_usage(app, unexpected(app, flag == extra.end() ? extra[0] : *flag));
  if (arguments != nullptr) {
    take_model_from_data(*arguments);
    if (arguments->model.empty()) fail_usage(app, "no MODEL given");
  }
  return Parsed::go_on;
}

}  // namespace vippl::cli
