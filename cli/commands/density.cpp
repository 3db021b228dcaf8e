#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "cli/gradient_timing.h"
#include "cli/load.h"
#include "cli/number_text.h"
#include "cli/passes_option.h"
#include "lang/nearest.h"

namespace vippl::cli {
namespace {

struct DensityArguments {
  ModelArguments model;
  std::string point;
  std::string format = "table";
  std::string passes;
  bool wants_gradient = false;
  bool wants_jacobian = false;
  bool wants_time = false;
};

struct Result {
  runtime::Model::Parts parts;
  Eigen::VectorXd gradient;
  double microseconds_alone = 0;
  double microseconds_of_eight = 0;
  double nominal_microseconds = 0;
};

runtime::DataFile read_point(const std::string& path) {
  try {
    return runtime::read_data(path);
  } catch (const runtime::DataFileError& error) {
    throw Failure(ExitCode::input_output, fmt::format("vippl: {}\n", error.what()));
  } catch (const runtime::DataError& error) {
    throw Failure(ExitCode::model, fmt::format("vippl: {}\n", error.what()));
  }
}

void warn_of_unknown_names(const runtime::DataFile& point, const runtime::Model& model) {
  std::vector<std::string> names;
  for (const runtime::Site& site : model.sites()) names.push_back(site.name);
  for (const runtime::Field& field : point.fields) {
    if (std::find(names.begin(), names.end(), field.name) != names.end()) continue;
    const auto guess = lang::nearest(field.name, names);
    fmt::print(stderr, "vippl: {}: warning: `{}` is no latent of the model{}\n", point.path,
               field.name, guess ? fmt::format("; did you mean `{}`?", *guess) : "");
  }
}

Result compute(const runtime::Model& model, const Eigen::VectorXd& z,
               const DensityArguments& arguments) {
  Result result;
  result.parts = model.log_joint(z);
  if (arguments.wants_gradient) result.gradient = model.gradient(z, arguments.wants_jacobian);
  if (arguments.wants_time) {
    constexpr Eigen::Index lanes = 8;
    result.microseconds_alone = microseconds_per_gradient(model, z, 1);
    result.microseconds_of_eight = microseconds_per_gradient(model, z, lanes);
    result.nominal_microseconds = 1e6 * model.nominal_seconds();
  }
  return result;
}

std::string json_text(const Result& result, const DensityArguments& arguments) {
  nlohmann::ordered_json json;
  json["log_joint"] = result.parts.log_joint;
  json["log_jacobian"] = result.parts.log_jacobian;
  if (arguments.wants_gradient) {
    json["gradient"] = std::vector<double>(result.gradient.data(),
                                           result.gradient.data() + result.gradient.size());
  }
  if (arguments.wants_time) {
    json["microseconds"] = {{"1", result.microseconds_alone},
                            {"8", result.microseconds_of_eight},
                            {"nominal", result.nominal_microseconds}};
  }
  return json.dump(2) + "\n";
}

std::string table_text(const runtime::Model& model, const Result& result,
                       const DensityArguments& arguments) {
  constexpr int digits = 15;
  std::string text = fmt::format("log joint     {}\n", general(result.parts.log_joint, digits));
  if (arguments.wants_jacobian) {
    text += fmt::format("log Jacobian  {}\n", general(result.parts.log_jacobian, digits));
  }
  if (arguments.wants_gradient) {
    text += fmt::format("gradient on the unconstrained scale, {} the log Jacobian's\n",
                        arguments.wants_jacobian ? "with" : "without");
    for (const runtime::Site& site : model.sites()) {
      for (Eigen::Index k = 0; k < site.size; ++k) {
        text += fmt::format("  {:<20}  {}\n",
                            site.size == 1 ? site.name : fmt::format("{}[{}]", site.name, k + 1),
                            general(result.gradient[site.offset + k], digits));
      }
    }
  }
  if (arguments.wants_time) {
    text += fmt::format(
        "time          {:.3g} us per gradient, {:.3g} us per gradient and point for 8 points; "
        "nominal for --budget: {:.3g} us\n",
        result.microseconds_alone, result.microseconds_of_eight, result.nominal_microseconds);
  }
  return text;
}

ExitCode run(std::span<const std::string> texts) {
  DensityArguments arguments;
  ArgumentParser parser("prints the log joint density at given values of the latents",
                        "vippl density");
  add_model_arguments(parser, arguments.model, Presence::required);
  parser.add_option("--at", arguments.point,
                    R"(JSON with a value per latent: {"beta": [0.1, 2], "sigma": 1.2})",
                    {.value = "FILE", .is_required = true});
  parser.add_flag("--gradient", arguments.wants_gradient,
                  "the gradient on the unconstrained scale");
  parser.add_flag("--jacobian", arguments.wants_jacobian,
                  "the transforms' log Jacobian, and its part of the gradient");
  parser.add_flag("--time", arguments.wants_time, "microseconds per gradient");
  add_passes_option(parser, arguments.passes);
  add_format_option(parser, arguments.format);
  if (parse_arguments(parser, texts, &arguments.model) == Parsed::printed_help) {
    return ExitCode::success;
  }
  runtime::ModelOptions options;
  options.set = parse_settings(arguments.model.set);
  options.passes = parse_passes(arguments.passes);
  const LoadedModel loaded = load_model(arguments.model.model, arguments.model.data, options);
  const runtime::DataFile point = read_point(arguments.point);
  warn_of_unknown_names(point, *loaded.model);
  const Result result = with_rendered_errors(loaded.program.sources, [&] {
    return compute(*loaded.model, loaded.model->unconstrain(point), arguments);
  });
  const std::string output = arguments.format == "json"
                                 ? json_text(result, arguments)
                                 : table_text(*loaded.model, result, arguments);
  std::fwrite(output.data(), 1, output.size(), stdout);
  return ExitCode::success;
}

}  // namespace

const Command density_command = {"density", "print the log joint density at a point", &run};

}  // namespace vippl::cli
