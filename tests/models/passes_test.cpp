// The passes that optimise a recorded program change no log joint, no gradient and no reported
// value: all of them, none, and random subsets agree, on every model there is and on generated
// ones.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <exception>
#include <filesystem>
#include <string>

#include "lang/check.h"
#include "lang/parse.h"
#include "runtime/model.h"
#include "runtime/random.h"
#include "stdlib/registry.h"
#include "tests/models/posteriordb/posterior.h"
#include "tests/models/random_program.h"
#include "tests/models/script_file.h"
#include "tests/support/sanitizers.h"

namespace vippl::test {
namespace {

using runtime::PassSet;

const std::filesystem::path models = std::filesystem::path(VIPPL_SOURCE_DIR) / "tests/models";

/// A script and its data, of which models are made that differ in their passes only.
struct Source {
  lang::Sources sources;
  lang::ast::Script script;
  runtime::DataSet data;

  std::unique_ptr<runtime::Model> make(const PassSet& passes,
                                       std::optional<runtime::Batch> batch = std::nullopt) const {
    runtime::ModelOptions options;
    options.passes = passes;
    options.batch = std::move(batch);
    lang::Diagnostics warnings;
    return runtime::make_model(script, sources, data, stdlib::registry(), options, warnings);
  }
};

Source read(const std::filesystem::path& path, const std::filesystem::path& data_folder) {
  const ScriptFile file = read_script(path);
  Source source;
  source.sources.push_back(file.text);
  source.script = lang::parse(source.sources[0]).script;
  for (const std::string& name : file.data) source.data.add(runtime::read_data(data_folder / name));
  lang::check(source.script, source.sources, stdlib::registry(),
              {.names = source.data.names(), .known = !source.data.empty()});
  return source;
}

Source posterior(const std::string& name) {
  Source source;
  const ScriptFile file = read_script(posterior_folder() / (name + ".vi"));
  source.sources.push_back(file.text);
  source.script = lang::parse(source.sources[0]).script;
  source.data.add(posterior_data(name));
  lang::check(source.script, source.sources, stdlib::registry(),
              {.names = source.data.names(), .known = true});
  return source;
}

struct Evaluation {
  Eigen::VectorXd values;
  runtime::Points gradients;
  runtime::Draws draws;
};

Evaluation evaluate(const runtime::Model& model, const runtime::Points& points) {
  Evaluation result;
  result.values.resize(points.rows());
  result.gradients.resize(points.rows(), points.cols());
  const auto workspace = model.make_workspace();
  model.evaluate(points, {}, *workspace, result.values, result.gradients);
  model.constrain(points, 7, result.draws);
  return result;
}

constexpr double tolerance = 1e-10;

/// Relative to the sum of the absolute terms, and to the largest component of the gradient.
void check_same(const runtime::Model& plain, const Evaluation& expected, const Evaluation& found,
                const runtime::Points& points) {
  for (Eigen::Index r = 0; r < points.rows(); ++r) {
    CAPTURE(r);
    if (!std::isfinite(expected.values[r])) {
      CHECK(!std::isfinite(found.values[r]));
      continue;
    }
    double scale = 1;
    for (const runtime::Term& term : plain.terms(points.row(r))) scale += std::abs(term.value);
    CHECK(std::abs(found.values[r] - expected.values[r]) <= tolerance * scale);
    const Eigen::RowVectorXd gradient = expected.gradients.row(r);
    if (!gradient.allFinite()) continue;
    const double largest = points.cols() == 0 ? 1 : 1 + gradient.cwiseAbs().maxCoeff();
    const Eigen::RowVectorXd difference = found.gradients.row(r) - gradient;
    if (points.cols() > 0) CHECK(difference.cwiseAbs().maxCoeff() <= tolerance * largest);
    REQUIRE(found.draws.cols() == expected.draws.cols());
    for (Eigen::Index c = 0; c < expected.draws.cols(); ++c) {
      const double a = expected.draws(r, c);
      const double b = found.draws(r, c);
      const bool same = std::abs(a - b) <= tolerance * (1 + std::abs(a)) || a == b ||
                        (std::isnan(a) && std::isnan(b));
      CHECK_MESSAGE(same, "reported scalar ", c, " is ", b, ", without passes ", a);
    }
  }
}

void compare(const Source& source, runtime::Rng& rng, int subsets, Eigen::Index draws = 9) {
  const auto plain = source.make(PassSet::none());
  runtime::Points points(draws, plain->dimension());
  plain->draw_prior(11, points);
  const Evaluation expected = evaluate(*plain, points);
  const auto try_passes = [&](const PassSet& passes) {
    const auto model = source.make(passes);
    check_same(*plain, expected, evaluate(*model, points), points);
    const runtime::Points one = points.topRows(1);  // a single point is replayed on its own
    const Evaluation alone = evaluate(*model, one);
    check_same(*plain, evaluate(*plain, one), alone, one);
  };
  try_passes(PassSet::all());
  for (int i = 0; i < subsets; ++i) {
    const std::uint32_t subsets_there_are = 1U << runtime::all_passes().size();
    const auto bits = static_cast<std::uint32_t>(rng.uniform() * subsets_there_are);
    CAPTURE(bits);
    try_passes(PassSet::from_bits(bits));
  }
}

void compare_folder(const std::filesystem::path& folder, const std::filesystem::path& data) {
  runtime::Rng rng(5, runtime::Purpose::test);
  for (const std::filesystem::path& path : script_paths(folder)) {
    INFO(path.string());
    try {
      compare(read(path, data), rng, 2);
    } catch (const lang::ModelError& failure) {
      FAIL_CHECK(failure.diagnostic().message);
    }
  }
}

TEST_CASE("passes change nothing in the models of the agreement tests") {
  compare_folder(models / "agreement", models / "agreement");
}

TEST_CASE("passes change nothing in models written with loops and with arrays") {
  compare_folder(models / "loops/scalar", models / "loops");
  compare_folder(models / "loops/array", models / "loops");
}

TEST_CASE("passes change nothing in the posteriors of the examples") {
  runtime::Rng rng(6, runtime::Purpose::test);
  for (const std::string& name : posterior_names()) {
    INFO(name);
    compare(posterior(name), rng, 1, 2);
  }
}

TEST_CASE("passes change nothing in generated programs") {
  runtime::Rng rng(7, runtime::Purpose::test);
  constexpr int programs = under_sanitizers ? 50 : 1000;
  for (int i = 0; i < programs; ++i) {
    Source source;
    const std::string text = random_program(rng);
    INFO(text);
    source.sources.emplace_back("generated.vi", text);
    lang::ParseResult parsed = lang::parse(source.sources[0]);
    REQUIRE(parsed.diagnostics.empty());
    source.script = std::move(parsed.script);
    const lang::Diagnostics found = lang::check(source.script, source.sources, stdlib::registry(),
                                                {.names = {}, .known = true});
    REQUIRE_MESSAGE(!lang::has_errors(found), lang::render(found, source.sources));
    compare(source, rng, 3);
  }
}

TEST_CASE("passes change nothing in minibatches") {
  const Source source = posterior("radon_mn-radon_hierarchical_intercept_centered");
  const runtime::Batch batch{"N", 64};
  const auto plain = source.make(PassSet::none(), batch);
  const auto optimised = source.make(PassSet::all(), batch);
  runtime::Points points(5, plain->dimension());
  plain->draw_prior(3, points);
  std::vector<std::int32_t> indices;
  for (std::int32_t i = 0; i < 64; ++i) indices.push_back(i * 7 + 3);
  const auto run = [&](const runtime::Model& model) {
    Evaluation result;
    result.values.resize(points.rows());
    result.gradients.resize(points.rows(), points.cols());
    const auto workspace = model.make_workspace();
    model.evaluate(points, {indices}, *workspace, result.values, result.gradients);
    return result;
  };
  const Evaluation expected = run(*plain);
  const Evaluation found = run(*optimised);
  for (Eigen::Index r = 0; r < points.rows(); ++r) {
    CHECK(found.values[r] == doctest::Approx(expected.values[r]).epsilon(tolerance));
    CHECK((found.gradients.row(r) - expected.gradients.row(r)).cwiseAbs().maxCoeff() <=
          tolerance * expected.gradients.row(r).cwiseAbs().maxCoeff());
  }
}

}  // namespace
}  // namespace vippl::test
