// What is said of matrices that `cholesky` could factor only with something on their diagonal.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/models/bind_script.h"

namespace vippl::test {
namespace {

constexpr const char* process =
    "data x : real[n]\n"
    "sample length ~ half_normal(1)\n"
    "sample z : real[n] ~ normal(0, 1)\n"
    "let f = cholesky(exp_quad_kernel(x, 1, length)) @ z\n"
    "observe x ~ normal(f, 1)\n";
const Given close_points = {.csv = "x\n0\n0.1\n0.2\n0.3\n0.4\n0.5\n0.6\n0.7\n0.8\n"};

/// Length scales of 0.01 and of 100.
runtime::Points short_and_long(Eigen::Index dimension, Eigen::Index count) {
  runtime::Points points = runtime::Points::Constant(count, dimension, 0.1);
  for (Eigen::Index i = 0; i < count; ++i) points(i, 0) = i % 2 == 0 ? -4.6 : 4.6;
  return points;
}

TEST_CASE("jitter is reported once per place, with the share of draws that needed it") {
  const Outcome outcome = make(process, close_points);
  REQUIRE(outcome.model);
  CHECK(outcome.warnings.empty());
  const runtime::Points points = short_and_long(outcome.model->dimension(), 10);
  const lang::Diagnostics said = outcome.model->jitter_warnings(points);
  REQUIRE(said.size() == 1);
  CHECK(said[0].code == "added-jitter");
  CHECK(said[0].message.find("in 5 of 10 draws") != std::string::npos);
  CHECK(outcome.model->jitter_warnings(points.topRows(1)).empty());
  CHECK(outcome.model->jitter_warnings(points.topRows(0)).empty());
}

TEST_CASE("points whose matrix needs jitter have a density and a gradient") {
  const Outcome outcome = make(process, close_points);
  REQUIRE(outcome.model);
  const runtime::Points points = short_and_long(outcome.model->dimension(), 2);
  runtime::LogDensities values(2);
  runtime::Points gradients(2, outcome.model->dimension());
  outcome.model->evaluate(points, {}, *outcome.model->make_workspace(), values, gradients);
  CHECK(values.allFinite());
  CHECK(gradients.allFinite());
}

TEST_CASE("a comment silences the warning on its line") {
  std::string allowed = process;
  allowed.insert(allowed.find(" @ z") + 4, "  # allow: added-jitter");
  const Outcome outcome = make(allowed, close_points);
  REQUIRE(outcome.model);
  CHECK(outcome.model->jitter_warnings(short_and_long(outcome.model->dimension(), 10)).empty());
}

TEST_CASE("a matrix of the data is judged when they are bound, also where it is only derived") {
  const Outcome fixed = make(
      "data x : real[n]\nlet L = cholesky(exp_quad_kernel(x, 1, 100))\n"
      "sample z : real[n] ~ normal(0, 1)\nobserve x ~ normal(L @ z, 1)\n",
      close_points);
  CHECK(std::ranges::count(fixed.warnings, "added-jitter", &lang::Diagnostic::code) == 1);
  const Outcome derived = make(
      "data x : real[n]\nsample length ~ half_normal(1)\nobserve x ~ normal(0, length)\n"
      "derive L = cholesky(exp_quad_kernel(x, 1, length))\n",
      close_points);
  REQUIRE(derived.model);
  CHECK(derived.model->jitter_warnings(short_and_long(1, 2)).size() == 1);
}

}  // namespace
}  // namespace vippl::test
