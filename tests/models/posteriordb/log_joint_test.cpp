// The log joint of every posterior of examples/posteriordb at points of log_joint.json, whose
// values make_log_joint.py computed from the formulas with NumPy and SciPy.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "lang/parse.h"
#include "tests/models/posteriordb/posterior.h"
#include "tests/support/reference/evaluate.h"

namespace vippl::test {
namespace {

nlohmann::json read_json(const std::string& file) {
  std::ifstream stream(std::filesystem::path(VIPPL_SOURCE_DIR) / "tests/models/posteriordb" / file);
  REQUIRE(stream.good());
  return nlohmann::json::parse(stream);
}

/// All elements of a formula in i, and j: it is an expression of the language too.
std::vector<double> tabulate(const std::string& formula, const std::vector<Eigen::Index>& shape) {
  const std::string range = shape.size() == 1
                                ? fmt::format("i in 1..{}", shape[0])
                                : fmt::format("i in 1..{}, j in 1..{}", shape[0], shape[1]);
  const lang::SourceText source("formula.vi",
                                fmt::format("derive x = [{} for {}]\n", formula, range));
  const lang::ParseResult parsed = lang::parse(source);
  REQUIRE(parsed.diagnostics.empty());
  return reference::evaluate(parsed.script, {}, {}).derived.at("x").values;
}

runtime::Field expand(const nlohmann::json& formula) {
  runtime::Field field;
  field.extents = formula.at("shape").get<std::vector<Eigen::Index>>();
  field.values = tabulate(formula.at("element"), field.extents);
  if (formula.contains("rows")) {
    Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> rows(
        field.values.data(), field.extents[0], field.extents[1]);
    for (Eigen::Index i = 0; i < rows.rows(); ++i) rows.row(i) /= rows.row(i).sum();
  }
  return field;
}

runtime::DataFile latents_of(const nlohmann::json& parameters) {
  runtime::DataFile latents;
  nlohmann::json listed;
  for (const auto& [name, value] : parameters.items()) {
    if (!value.is_object()) {
      listed[name] = value;
      continue;
    }
    latents.fields.push_back(expand(value));
    latents.fields.back().name = name;
  }
  if (listed.empty()) return latents;
  for (const runtime::Field& field : runtime::parse_json(listed.dump(), "a point").fields) {
    latents.fields.push_back(field);
  }
  return latents;
}

/// A solver of differential equations at its default tolerances.
double tolerance_of(const std::string& name) {
  return name == "hudson_lynx_hare-lotka_volterra" ? 1e-3 : 1e-9;
}

TEST_CASE("posteriordb: there are values for every script") {
  const nlohmann::json table = read_json("log_joint.json");
  const std::vector<std::string> names = posterior_names();
  CHECK(names.size() == 35);
  CHECK(names.size() == table.size());
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK(table.contains(name));
  }
}

TEST_CASE("posteriordb: the log joint is that of the formulas, constants included") {
  const nlohmann::json table = read_json("log_joint.json");
  for (const auto& [name, entry] : table.items()) {
    CAPTURE(name);
    try {
      const Posterior posterior = make_posterior(name);
      for (const nlohmann::json& point : entry.at("points")) {
        const Eigen::VectorXd z = posterior.model->unconstrain(latents_of(point.at("parameters")));
        const auto expected = point.at("log_joint").get<double>();
        const double found = posterior.model->log_joint(z).log_joint;
        CAPTURE(expected);
        CAPTURE(found);
        CHECK(std::abs(found - expected) <= tolerance_of(name) * std::max(1.0, std::abs(expected)));
      }
    } catch (const std::exception& failure) {  // the other posteriors are tested all the same
      FAIL_CHECK(std::string(failure.what()));
    }
  }
}

TEST_CASE("posteriordb: only what is true of a model is warned of") {
  const std::map<std::string, std::set<std::string>> expected = {
      {"GLM_Poisson_Data-GLM_Poisson_model", {"hard-bounds"}},
      {"earnings-logearn_height", {"transformed-response"}},
      {"earnings-logearn_interaction", {"transformed-response"}},
      {"election88-election88_full", {"flat-scale", "hard-bounds"}},
      {"hudson_lynx_hare-lotka_volterra", {"transformed-response"}},
      {"mesquite-logmesquite", {"transformed-response"}},
      {"mesquite-logmesquite_logvolume", {"transformed-response"}},
      {"normal_2-normal_mixture", {"unordered-mixture"}},
      {"rats_data-rats_model", {"flat-scale"}}};
  for (const std::string& name : posterior_names()) {
    CAPTURE(name);
    try {
      const auto known = expected.find(name);
      std::set<std::string> codes;
      for (const lang::Diagnostic& each : make_posterior(name).warnings) codes.insert(each.code);
      CHECK(codes == (known == expected.end() ? std::set<std::string>{} : known->second));
    } catch (const std::exception& failure) {
      FAIL_CHECK(std::string(failure.what()));
    }
  }
}

}  // namespace
}  // namespace vippl::test
