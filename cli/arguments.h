#pragma once
#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

#include "runtime/model.h"

namespace vippl::cli {

/// MODEL, --data and --set, which most commands take.
struct ModelArguments {
  std::string model;
  std::vector<std::string> data;
  std::vector<std::string> set;
};

enum class Presence { required, optional };
void add_model_arguments(CLI::App& app, ModelArguments& arguments, Presence model);

/// `--format table|json`.
void add_format_option(CLI::App& app, std::string& format);

/// "K=5" texts as ModelOptions has them. Throws Failure.
std::map<std::string, double> parse_settings(const std::vector<std::string>& texts);

/// Whether the command should go on, or has printed its help and is done.
enum class Parsed { go_on, printed_help };

/// Parses the arguments after the command's name. Throws Failure with the reason, the nearest known
/// flag, and where to find help. `arguments`, if given, gets its script from among the data files
/// when no MODEL stands apart.
Parsed parse_arguments(CLI::App& app, std::span<const std::string> texts,
                       ModelArguments* arguments = nullptr);

}  // namespace vippl::cli
