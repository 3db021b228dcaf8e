#include "cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cli/failure.h"

namespace vippl::cli {
namespace {

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

void add_model_arguments(ArgumentParser& parser, ModelArguments& arguments, Presence model) {
  parser.add_option("MODEL", arguments.model,
                    model == Presence::required ? "script, a .vi file" : "script to begin with",
                    {});
  parser.add_option("--data,-d", arguments.data,
                    "CSV or JSON; `-` is standard input; may be repeated", {.value = "FILE"});
  parser.add_option("--set", arguments.set,
                    "value of a `data` scalar, such as K=5; may be repeated",
                    {.value = "NAME=VALUE"});
}

void add_format_option(ArgumentParser& parser, std::string& format) {
  parser.add_choice("--format", format, {"table", "json"}, "of the result (default table)");
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

Parsed parse_arguments(ArgumentParser& parser, std::span<const std::string> texts,
                       ModelArguments* arguments) {
  const char* usage = arguments == nullptr ? "[MODEL] [--data FILE...] [options]"
                                           : "MODEL --data FILE... [options]";
  if (parser.parse(texts, usage) == Parsed::printed_help) return Parsed::printed_help;
  if (arguments != nullptr) {
    take_model_from_data(*arguments);
    if (arguments->model.empty()) parser.fail("no MODEL given");
  }
  return Parsed::go_on;
}

}  // namespace vippl::cli
