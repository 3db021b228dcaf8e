#include "cli/fit_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "cli/failure.h"
#include "inference/guide.h"
#include "lang/nearest.h"

namespace vippl::cli {
namespace {

using inference::Algorithm;
using inference::Option;

[[noreturn]] void fail_usage(const std::string& message) {
  throw Failure(ExitCode::usage, "vippl: " + message + "\n");
}

const Option* find_option(const Algorithm& algorithm, std::string_view name) {
  const auto found = std::find_if(algorithm.options.begin(), algorithm.options.end(),
                                  [&](const Option& option) { return option.name == name; });
  return found == algorithm.options.end() ? nullptr : &*found;
}

/// "adam: step size of Adam (default 0.01)", for every algorithm that has the option.
std::string help_of(std::string_view name) {
  std::string help;
  for (const Algorithm* algorithm : inference::all_algorithms()) {
    const Option* option = find_option(*algorithm, name);
    if (option == nullptr) continue;
    help += fmt::format("{}{}: {}", help.empty() ? "" : "; ", algorithm->name, option->summary);
    if (option->kind == Option::Kind::choice) {
      help += fmt::format(", {}", fmt::join(option->choices, "|"));
    }
    help += fmt::format(" (default {})", inference::default_text(*option));
  }
  return help;
}

void add_algorithm_option(ArgumentParser& parser, FitOptions& options, std::string_view name) {
  const bool is_flag =
      std::any_of(inference::all_algorithms().begin(), inference::all_algorithms().end(),
                  [&](const Algorithm* algorithm) {
                    const Option* option = find_option(*algorithm, name);
                    return option != nullptr && option->kind == Option::Kind::flag;
                  });
  parser.add_option("--" + std::string(name),
                    [&options, name](const std::string& text) {
                      // A flag that stands alone has no text.
                      options.texts[std::string(name)] = text.empty() ? "on" : text;
                    },
                    help_of(name),
                    {.value = is_flag ? "on|off" : "VALUE",
                     .may_stand_alone = is_flag,
                     .group = "Options of the algorithms"});
}

const Algorithm& algorithm_of(const FitOptions& options) {
  if (options.algorithm.empty()) return inference::default_algorithm(!options.batch.empty());
  if (const Algorithm* found = inference::find_algorithm(options.algorithm)) return *found;
  std::vector<std::string_view> names;
  for (const Algorithm* algorithm : inference::all_algorithms()) names.push_back(algorithm->name);
  const auto guess = lang::nearest(options.algorithm, names);
  fail_usage(fmt::format("--algorithm {}: {}", options.algorithm,
                         guess ? fmt::format("did you mean `{}`?", *guess)
                               : fmt::format("expected one of {}", fmt::join(names, ", "))));
}

std::uint64_t parse_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, seed);
  if (problem == std::errc() && stop == end) return seed;
  fail_usage(text.empty() ? "--seed takes a whole number from 0, got nothing"
                          : fmt::format("--seed takes a whole number from 0, got `{}`", text));
}

int parse_threads(const std::string& text) {
  constexpr int most = 1024;
  int threads = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, threads);
  if (problem == std::errc() && stop == end && threads >= 1 && threads <= most) return threads;
  fail_usage(fmt::format("--threads takes a whole number from 1 to {}, got `{}`", most, text));
}

void check_guide(const std::string& text) {
  try {
    // Only the text is judged here; the guide of the fit is made by the algorithm.
    inference::make_guide(text, 1);
  } catch (const std::invalid_argument& error) {
    // A beginning is far from its word by the letters that it lacks.
    for (const inference::GuideFamily* family : inference::all_guides()) {
      if (text.empty() || !family->name.starts_with(text)) continue;
      fail_usage(fmt::format("--guide {}: did you mean `{}`?", text, family->name));
    }
    fail_usage(fmt::format("--guide {}: {}", text, error.what()));
  }
}

/// Only the default algorithm chooses unasked: chains and minibatches keep what is written.
Centring centring_of(const FitOptions& options, const Algorithm& algorithm) {
  if (options.centring.empty()) {
    return &algorithm == &inference::default_algorithm(false) ? Centring::chosen
                                                              : Centring::as_written;
  }
  if (options.centring == "auto") return Centring::chosen;
  if (options.centring == "as-written") return Centring::as_written;
  if (options.centring == "noncentred") return Centring::noncentred;
  fail_usage(
      fmt::format("--centring {}: expected auto, as-written or noncentred", options.centring));
}

}  // namespace

void add_fit_options(ArgumentParser& parser, FitOptions& options) {
  std::string guides = "auto";
  for (const inference::GuideFamily* family : inference::all_guides()) {
    guides += fmt::format("|{}", family->name);
  }
  parser.add_option("--guide,-g", options.guide, "family of the approximation (default auto)",
                    {.value = guides});
  std::string algorithms;
  std::vector<std::string_view> names;
  for (const Algorithm* algorithm : inference::all_algorithms()) {
    algorithms += (algorithms.empty() ? "" : "|") + std::string(algorithm->name);
    for (const Option& option : algorithm->options) {
      if (std::find(names.begin(), names.end(), option.name) == names.end()) {
        names.push_back(option.name);
      }
    }
  }
  parser.add_option("--algorithm", options.algorithm, "how the guide is fitted",
                    {.value = algorithms});
  parser.add_option("--batch", options.batch, "rows of a plate per step, such as n=256",
                    {.value = "PLATE=ROWS"});
  parser.add_option("--centring", options.centring,
                    "coordinates of latents whose scale is latent (default auto for `saa`, else "
                    "as-written)",
                    {.value = "auto|as-written|noncentred"});
  // A missing number too is refused by parse_seed().
  parser.add_option("--seed",
                    [&options](const std::string& text) { options.seed = parse_seed(text); },
                    "of all random numbers (default 1)", {.value = "N", .may_stand_alone = true});
  parser.add_option(
      "--threads", [&options](const std::string& text) { options.threads = parse_threads(text); },
      "most threads; the result is the same for any number (default one per processor)",
      {.value = "N"});
  for (const std::string_view name : names) add_algorithm_option(parser, options, name);
}

runtime::Batch parse_batch(const std::string& text) {
  const std::size_t sign = text.find('=');
  runtime::Batch batch;
  if (sign != text.npos && sign > 0) {
    batch.plate = text.substr(0, sign);
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data() + sign + 1, end, batch.size);
    if (problem == std::errc() && stop == end && batch.size > 0) return batch;
  }
  fail_usage(fmt::format("--batch {}: expected PLATE=ROWS, such as n=256", text));
}

FitPlan plan_fit(const FitOptions& options) {
  FitPlan plan;
  if (!options.batch.empty()) plan.batch = parse_batch(options.batch);
  plan.algorithm = &algorithm_of(options);
  if (plan.batch && !plan.algorithm->takes_minibatches) {
    fail_usage(
        fmt::format("--batch: `{}` uses all rows at every step; leave --algorithm out, or "
                    "name one that takes minibatches",
                    plan.algorithm->name));
  }
  check_guide(options.guide);
  plan.settings.guide = options.guide;
  plan.threads = options.threads;
  plan.centring = centring_of(options, *plan.algorithm);
  plan.settings.seed = options.seed;
  for (const auto& [name, text] : options.texts) {
    const Option* option = find_option(*plan.algorithm, name);
    if (option == nullptr) {
      std::vector<std::string_view> owners;
      for (const Algorithm* algorithm : inference::all_algorithms()) {
        if (find_option(*algorithm, name) != nullptr) owners.push_back(algorithm->name);
      }
      fail_usage(fmt::format("--{} is an option of `--algorithm {}`, not of `{}`", name,
                             fmt::join(owners, "|"), plan.algorithm->name));
    }
    try {
      plan.settings.options[name] = inference::parse_option(*option, text);
    } catch (const std::invalid_argument& error) {
      fail_usage(fmt::format("--{} {}: {}", name, text, error.what()));
    }
  }
  return plan;
}

}  // namespace vippl::cli
