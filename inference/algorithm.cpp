#include "inference/algorithm.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "inference/algorithms/roll_call.h"
#include "lang/diagnostic.h"

namespace vippl::inference {

bool Algorithm::has(std::string_view option) const {
  return std::any_of(options.begin(), options.end(),
                     [option](const Option& row) { return row.name == option; });
}

double Algorithm::value(const Settings& settings, std::string_view option) const {
  if (const auto found = settings.options.find(option); found != settings.options.end())
    return found->second;
  for (const Option& row : options)
    if (row.name == option) return row.initial;
  lang::fail_assertion("row.name == option", "the algorithm has this option", __FILE__, __LINE__);
}

std::span<const Algorithm* const> all_algorithms() { return algorithms::table; }

const Algorithm* find_algorithm(std::string_view name) {
  for (const Algorithm* algorithm : all_algorithms())
    if (algorithm->name == name) return algorithm;
  return nullptr;
}

const Algorithm& default_algorithm(bool minibatches) {
  return minibatches ? algorithms::averaged_adam : algorithms::saa;
}

double parse_option(const Option& option, std::string_view text) {
  const auto refuse = [&](const std::string& expected) {
    return std::invalid_argument(
        fmt::format("`--{}` takes {}, got `{}`", option.name, expected, text));
  };
  switch (option.kind) {
    case Option::Kind::flag:
      if (text == "on") return 1;
      if (text == "off") return 0;
      throw refuse("`on` or `off`");
    case Option::Kind::choice:
      for (std::size_t i = 0; i < option.choices.size(); ++i)
        if (option.choices[i] == text) return static_cast<double>(i);
      throw refuse(fmt::format("one of {}", fmt::join(option.choices, ", ")));
    case Option::Kind::number:
    case Option::Kind::whole:
      break;
  }
  const bool is_whole = option.kind == Option::Kind::whole;
  const std::string expected = fmt::format(
      "a {} from {} to {}", is_whole ? "whole number" : "number", option.lower, option.upper);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw refuse(expected);
  if (!(value >= option.lower && value <= option.upper)) throw refuse(expected);
  if (is_whole && value != std::floor(value)) throw refuse(expected);
  return value;
}

std::string default_text(const Option& option) {
  switch (option.kind) {
    case Option::Kind::flag:
      return option.initial != 0 ? "on" : "off";
    case Option::Kind::choice:
      return std::string(option.choices[static_cast<std::size_t>(option.initial)]);
    case Option::Kind::number:
    case Option::Kind::whole:
      break;
  }
  return fmt::format("{}", option.initial);
}

}  // namespace vippl::inference
