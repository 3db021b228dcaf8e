// Branches on latents make a path for every way through them: many are met, few are remembered.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "lang/parse.h"
#include "runtime/path.h"
#include "runtime/point_source.h"
#include "runtime/random.h"
#include "stdlib/registry.h"
#include "tests/models/bind_script.h"
#include "tests/support/sanitizers.h"

namespace vippl::test {
namespace {

using Eigen::Index;

runtime::Points spread_points(Index count, Index dimension) {
  runtime::Points points(count, dimension);
  runtime::Rng rng(7, runtime::Purpose::prior);
  for (Index i = 0; i < points.size(); ++i) points.data()[i] = rng.normal();
  return points;
}

double standard_normal(double z) { return -0.5 * z * z - 0.5 * std::log(2 * std::numbers::pi); }

// 2^40 paths, nearly all of which are met once.
constexpr Index branches = 40;
const std::string random_walk_of_choices =
    "sample z : real[40] ~ normal(0, 1)\n"
    "var level = 0.0\n"
    "for i in 1..40 {\n"
    "  if z[i] > 0 { level = level + z[i] } else { level = 0.5 * level }\n"
    "}\n"
    "factor level\n";

TEST_CASE("thousands of paths through branches on latents: values and gradients stay right") {
  const Outcome outcome = make(random_walk_of_choices, {});
  REQUIRE(outcome.model);
  const runtime::Model& model = *outcome.model;
  const runtime::Points points = spread_points(under_sanitizers ? 1200 : 4000, branches);
  const auto workspace = model.make_workspace();
  // Twice: what was forgotten meanwhile is recorded again.
  for (int round = 0; round < 2; ++round) {
    runtime::LogDensities values(points.rows());
    runtime::Points gradients(points.rows(), points.cols());
    model.evaluate(points, {}, *workspace, values, gradients);
    double value_error = 0, gradient_error = 0;
    for (Index p = 0; p < points.rows(); ++p) {
      double level = 0, expected = 0, factor = 1;
      for (Index i = 0; i < branches; ++i) {
        level = points(p, i) > 0 ? level + points(p, i) : 0.5 * level;
        expected += standard_normal(points(p, i));
      }
      value_error = std::max(value_error, std::abs(values[p] - expected - level));
      for (Index i = branches; i-- > 0;) {
        const bool is_up = points(p, i) > 0;
        const double gradient = -points(p, i) + (is_up ? factor : 0);
        gradient_error = std::max(gradient_error, std::abs(gradients(p, i) - gradient));
        if (!is_up) factor *= 0.5;
      }
    }
    CHECK(value_error < 1e-10);
    CHECK(gradient_error < 1e-10);
  }
}

TEST_CASE("a loop whose length depends on a latent") {
  const Outcome outcome = make(
      "sample rate ~ exponential(0.002)\n"
      "var left = rate\n"
      "var turns = 0\n"
      "while left > 1 {\n  left = left - 1\n  turns = turns + 1\n}\n"
      "factor 0.25 * turns - left\n",
      {});
  REQUIRE(outcome.model);
  const auto workspace = outcome.model->make_workspace();
  constexpr Index most_turns = under_sanitizers ? 100 : 600;
  runtime::Points points(most_turns, 1);
  for (Index p = 0; p < points.rows(); ++p) points(p, 0) = std::log(0.5 + static_cast<double>(p));
  runtime::LogDensities values(points.rows());
  outcome.model->evaluate(points, {}, *workspace, values);
  double error = 0;
  for (Index p = 0; p < points.rows(); ++p) {
    const auto turns = static_cast<double>(p);  // of rate = turns + 0.5
    const double density = std::log(0.002) - 0.002 * (turns + 0.5) + std::log(turns + 0.5);
    error = std::max(error, std::abs(values[p] - density - 0.25 * turns + 0.5));
  }
  CHECK(error < 1e-9);
}

TEST_CASE("paths that were not used for long are forgotten, the first never") {
  const lang::Sources sources = {lang::SourceText("script.vi", random_walk_of_choices)};
  const lang::ParseResult parsed = lang::parse(sources[0]);
  const runtime::DataSet data;
  runtime::Program program{parsed.script, sources, data, &stdlib::registry(), {}, {}};
  runtime::Paths paths(program, std::nullopt, runtime::PassSet::none());
  const auto record = [&](std::uint32_t draw) {
    runtime::PriorDraw point(11, draw);
    return paths.record(point);
  };
  const std::weak_ptr<const runtime::Path> first = record(0);
  const std::weak_ptr<const runtime::Path> used = record(1);
  const std::weak_ptr<const runtime::Path> unused = record(2);
  const runtime::Decisions of_used = used.lock()->decisions();
  const runtime::Decisions of_unused = unused.lock()->decisions();
  CHECK(paths.find(of_unused) == unused.lock());
  for (std::uint32_t draw = 3; draw < 4000; ++draw) {
    record(draw);
    if (draw % 100 == 0) CHECK(paths.find(of_used) == used.lock());
  }
  CHECK(unused.expired());
  CHECK(paths.find(of_unused) == nullptr);
  CHECK_FALSE(used.expired());
  CHECK(paths.first() == first.lock());
}

}  // namespace
}  // namespace vippl::test
