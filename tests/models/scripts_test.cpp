#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/check.h"
#include "lang/parse.h"
#include "runtime/data.h"
#include "runtime/model.h"
#include "stdlib/registry.h"
#include "tests/models/script_file.h"
#include "tests/support/sanitizers.h"

// Runs every script of tests/scripts and holds it to what its comments say.

namespace vippl::test {
namespace {

const std::filesystem::path scripts = std::filesystem::path(VIPPL_SOURCE_DIR) / "tests/scripts";

/// What became of a script: a model if it is right, and all that was said about it.
struct Outcome {
  std::unique_ptr<runtime::Model> model;
  lang::Diagnostics diagnostics;
  lang::Sources sources;
};

std::optional<lang::SourceText> read_import(const std::filesystem::path& folder,
                                            const std::string& path,
                                            const lang::SourceText& importer) {
  const std::filesystem::path name =
      (std::filesystem::path(importer.name()).parent_path() / path).lexically_normal();
  std::ifstream file(folder / name, std::ios::binary);
  if (!file) return std::nullopt;
  return lang::SourceText(name.generic_string(),
                          std::string(std::istreambuf_iterator<char>(file), {}));
}

runtime::DataSet data_of(const ScriptFile& file) {
  runtime::DataSet data;
  for (const std::string& name : file.data) data.add(runtime::read_data(scripts / "data" / name));
  return data;
}

Outcome build(const ScriptFile& file) {
  Outcome outcome;
  outcome.sources.push_back(file.text);
  lang::ParseResult parsed = lang::parse(outcome.sources[0]);
  lang::Diagnostics& said = outcome.diagnostics;
  const auto add = [&said](const lang::Diagnostics& more) {
    said.insert(said.end(), more.begin(), more.end());
  };
  add(parsed.diagnostics);
  if (lang::has_errors(said)) return outcome;
  const std::filesystem::path folder = file.path.parent_path();
  add(lang::expand_imports(parsed.script, outcome.sources,
                           [&](const std::string& path, const lang::SourceText& importer) {
                             return read_import(folder, path, importer);
                           }));
  if (lang::has_errors(said)) return outcome;
  const runtime::DataSet data = data_of(file);
  add(lang::check(parsed.script, outcome.sources, stdlib::registry(),
                  {.names = data.names(), .known = !data.empty()}));
  if (lang::has_errors(said)) return outcome;
  lang::Diagnostics warnings;
  try {
    outcome.model =
        runtime::make_model(parsed.script, outcome.sources, data, stdlib::registry(), {}, warnings);
  } catch (const lang::ModelError& failure) {
    said.push_back(failure.diagnostic());
  }
  add(warnings);
  return outcome;
}

/// In the words of ScriptFile::diagnostics.
std::vector<std::string> diagnostics_of(const Outcome& outcome) {
  std::vector<std::string> lines;
  for (const lang::Diagnostic& diagnostic : outcome.diagnostics) {
    const lang::SourceText& source = outcome.sources[diagnostic.span.source];
    const lang::Position position = source.position(diagnostic.span.begin);
    lines.push_back(fmt::format(
        "{} {} {}{}:{}", diagnostic.severity == lang::Severity::error ? "error" : "warning",
        diagnostic.code, diagnostic.span.source == 0 ? "" : source.name() + ":", position.line,
        position.column));
  }
  std::ranges::sort(lines);
  return lines;
}

Eigen::Index scalar_count(const runtime::Quantity& quantity) {
  Eigen::Index count = 1;
  for (Eigen::Index extent : quantity.shape) count *= extent;
  return count;
}

runtime::Draws reported(const runtime::Model& model, const Eigen::VectorXd& point) {
  Eigen::Index columns = 0;
  for (const runtime::Quantity& quantity : model.quantities()) columns += scalar_count(quantity);
  runtime::Draws draws(1, columns);
  model.constrain(runtime::Points(point.transpose()), 1, draws);
  return draws;
}

void check_report(const runtime::Model& model, const runtime::Draws& draws,
                  const ExpectedReport& report) {
  CAPTURE(report.name);
  const runtime::DataFile expected =
      runtime::parse_json(R"({"values": )" + report.values + "}", "reports");
  const runtime::Field& values = expected.fields.at(0);
  const auto quantities = model.quantities();
  const auto quantity = std::ranges::find(quantities, report.name, &runtime::Quantity::name);
  const bool fits = quantity != quantities.end() &&
                    scalar_count(*quantity) == static_cast<Eigen::Index>(values.values.size());
  CHECK(fits);
  if (!fits) return;
  for (std::size_t i = 0; i < values.values.size(); ++i) {
    CAPTURE(i);
    CHECK(draws(0, quantity->offset + static_cast<Eigen::Index>(i)) ==
          doctest::Approx(values.values[i]).epsilon(1e-9));
  }
}

void check_size(const runtime::Model& model, const ExpectedSize& expected) {
  CAPTURE(expected.name);
  const auto size = std::ranges::find(model.sizes(), expected.name, &runtime::BoundSize::name);
  CHECK(size != model.sizes().end());
  if (size == model.sizes().end()) return;
  CHECK(size->extent == expected.extent);
  CHECK(size->labels == expected.labels);
}

double log_density(const runtime::Model& model, const Eigen::VectorXd& point) {
  const runtime::Model::Parts parts = model.log_joint(point);
  return parts.log_joint + parts.log_jacobian;
}

void check_gradient(const runtime::Model& model, const Eigen::VectorXd& point) {
  const Eigen::VectorXd gradient = model.gradient(point, true);
  constexpr double step =
      1e-5;  // balances the error of the difference, step^2, and rounding, eps / step
  for (Eigen::Index i = 0; i < point.size(); ++i) {
    Eigen::VectorXd above = point;
    Eigen::VectorXd below = point;
    above[i] += step;
    below[i] -= step;
    const double difference = (log_density(model, above) - log_density(model, below)) / (2 * step);
    CAPTURE(i);
    CHECK(std::abs(gradient[i] - difference) <= 1e-5 * (1 + std::abs(difference)));
  }
}

/// Several points at once give what each gives alone.
void check_lanes(const runtime::Model& model, const Eigen::VectorXd& point) {
  constexpr Eigen::Index count = 11;  // more than one group of lanes, and not a multiple of any
  runtime::Points points(count, point.size());
  for (Eigen::Index b = 0; b < count; ++b)
    points.row(b) = (point.array() + 0.01 * static_cast<double>(b)).transpose();
  runtime::LogDensities values(count);
  runtime::Points gradients(count, point.size());
  const auto workspace = model.make_workspace();
  model.evaluate(points, {}, *workspace, values, gradients);
  for (Eigen::Index b = 0; b < count; ++b) {
    CAPTURE(b);
    const Eigen::VectorXd alone = points.row(b).transpose();
    CHECK(values[b] == doctest::Approx(log_density(model, alone)).epsilon(1e-11));
    const Eigen::VectorXd gradient = model.gradient(alone, true);
    CHECK((gradients.row(b).transpose() - gradient).norm() <= 1e-9 * (1 + gradient.norm()));
  }
}

void check_model(const runtime::Model& model, const ScriptFile& file) {
  for (const ExpectedSize& size : file.sizes) check_size(model, size);
  Eigen::VectorXd point;
  for (const ExpectedPoint& expected : file.points) {
    INFO(expected.values);
    point = model.unconstrain(runtime::parse_json(expected.values, "at"));
    CHECK(model.log_joint(point).log_joint == doctest::Approx(expected.log_joint).epsilon(1e-10));
    check_gradient(model, point);
    check_lanes(model, point);
  }
  const runtime::Draws draws = reported(model, point);
  for (const ExpectedReport& report : file.reports) check_report(model, draws, report);
}

/// What the terminal shows is kept beside the scripts, in messages/. With VIPPL_WRITE_MESSAGES in
/// the environment it is written instead of compared; the change is then read as any other.
void check_message(const std::filesystem::path& path, const Outcome& outcome) {
  const std::filesystem::path kept =
      path.parent_path() / "messages" / path.filename().replace_extension(".txt");
  std::string shown = lang::render(outcome.diagnostics, outcome.sources);
  // Where the data are is a matter of the machine.
  const std::string folder = (scripts / "data").string() + "/";
  for (std::size_t at = shown.find(folder); at != shown.npos; at = shown.find(folder, at)) {
    shown.erase(at, folder.size());
  }
  if (std::getenv("VIPPL_WRITE_MESSAGES") != nullptr) {
    std::ofstream(kept, std::ios::binary) << shown;
    return;
  }
  std::ifstream file(kept, std::ios::binary);
  INFO("kept in ", kept.string(), "; VIPPL_WRITE_MESSAGES=1 writes it anew");
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == shown);
}

/// Builds every script of a folder and holds its diagnostics to what it announces. One that throws
/// does not keep the others from being tested.
template <class Check>
void check_folder(const std::filesystem::path& folder, std::size_t least, const Check& check) {
  const auto paths = script_paths(folder);
  CHECK(paths.size() >= least);
  for (const std::filesystem::path& path : paths) {
    INFO(path.string());
    if (under_sanitizers && path.stem() == "endless_loop") continue;  // it takes half a minute
    try {
      const ScriptFile file = read_script(path);
      const Outcome outcome = build(file);
      INFO(lang::render(outcome.diagnostics, outcome.sources));
      CHECK(diagnostics_of(outcome) == file.diagnostics);
      check(file, outcome);
    } catch (const std::exception& failure) {
      FAIL_CHECK(std::string(failure.what()));
    }
  }
}

}  // namespace

TEST_CASE("scripts: a good script has the log joint that an independent computation gives") {
  check_folder(scripts / "good", 55, [](const ScriptFile& file, const Outcome& outcome) {
    CHECK_FALSE(file.points.empty());
    CHECK(outcome.model != nullptr);
    if (outcome.model != nullptr) check_model(*outcome.model, file);
  });
}

TEST_CASE("scripts: a legal script that is seldom meant is warned of") {
  check_folder(scripts / "warned", 25, [](const ScriptFile& file, const Outcome& outcome) {
    CHECK(outcome.model != nullptr);
    CHECK_FALSE(file.diagnostics.empty());
    check_message(file.path, outcome);
  });
}

TEST_CASE("scripts: a bad script is refused with the right words at the right place") {
  check_folder(scripts / "bad", 150, [](const ScriptFile& file, const Outcome& outcome) {
    CHECK(outcome.model == nullptr);
    CHECK_FALSE(file.diagnostics.empty());
    check_message(file.path, outcome);
  });
}

}  // namespace vippl::test
