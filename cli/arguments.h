#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "cli/argument_parser.h"

namespace vippl::cli {

/// MODEL, --data and --set, which most commands take.
struct ModelArguments {
  std::string model;
  std::vector<std::string> data;
  std::vector<std::string> set;
};

enum class Presence { required, optional };
void add_model_arguments(ArgumentParser& parser, ModelArguments& arguments, Presence model);

/// `--format table|json`.
void add_format_option(ArgumentParser& parser, std::string& format);

/// "K=5" texts as ModelOptions has them. Throws Failure.
std::map<std::string, double> parse_settings(const std::vector<std::string>& texts);

/// Parses the arguments after the command's name, as ArgumentParser::parse. `arguments`, if given,
/// gets its script from among the data files when no MODEL stands apart, and must have one.
Parsed parse_arguments(ArgumentParser& parser, std::span<const std::string> texts,
                       ModelArguments* arguments = nullptr);

}  // namespace vippl::cli
