#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "tests/cli/process.h"

using nlohmann::json;
using vippl::cli::testing::has;
using vippl::cli::testing::Outcome;
using vippl::cli::testing::run_vippl;
using vippl::cli::testing::Scratch;

namespace {

/// The intercept stands far from the data, so that it and the slope are strongly correlated.
constexpr const char* correlated =
    "data x : real[n]\n"
    "data y : real[n]\n"
    "sample a ~ normal(0, 1)\n"
    "sample b ~ normal(0, 1)\n"
    "observe y ~ normal(a + b * x, 0.5)\n"
    "derive residual = y - a\n";

std::string covariates() {
  std::string text = "x,y\n";
  for (int i = 0; i < 12; ++i) text += std::to_string(3 + 0.05 * i) + ",0\n";
  return text;
}

}  // namespace

TEST_CASE("right posteriors have uniform ranks, too narrow ones have not") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", correlated);
  const std::string data = scratch.write("d.csv", covariates());
  const Outcome good = run_vippl({"sbc", model, "--data", data, "--guide", "fullrank", "-n", "40",
                                  "--format", "json", "--strict", "-q"});
  REQUIRE(good.status == 0);
  CHECK(good.err.empty());
  const json right = json::parse(good.out);
  CHECK(right.at("replicates") == 40);
  CHECK(right.at("failed") == 0);
  CHECK(right.at("flagged") == 0);
  CHECK(right.at("bins") == 5);
  REQUIRE(right.at("scalars").size() == 2);
  for (const json& scalar : right.at("scalars")) {
    const std::vector<int> ranks = scalar.at("ranks");
    const std::vector<int> counts = scalar.at("counts");
    CHECK(ranks.size() == 40);
    CHECK(std::ranges::max(ranks) <= 99);
    CHECK(std::accumulate(counts.begin(), counts.end(), 0) == 40);
    // The posterior is exactly normal, and so is the guide: the departures are standard normal.
    CHECK(std::abs(scalar.at("slant").get<double>()) < 3.5);
    CHECK(std::abs(scalar.at("hollow").get<double>()) < 3.5);
  }

  const Outcome narrow = run_vippl(
      {"sbc", model, "--data", data, "--guide", "meanfield", "-n", "40", "--strict", "-q"});
  CHECK(narrow.status == 4);
  CHECK(has(narrow.out, "posteriors too narrow"));
  CHECK(has(narrow.out, "not calibrated"));
}

TEST_CASE("the same seed gives the same ranks, another gives others") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", correlated);
  const std::string data = scratch.write("d.csv", covariates());
  const auto ranks = [&](const std::string& seed) {
    const Outcome run = run_vippl({"sbc", model, "--data", data, "-n", "10", "--format", "json",
                                   "-q", "--seed", seed, "--guide", "fullrank"});
    return json::parse(run.out).at("scalars").at("a").at("ranks");
  };
  const json first = ranks("3");
  CHECK(first == ranks("3"));
  CHECK(first != ranks("4"));
}

TEST_CASE("counts, arrays and series are drawn in their places") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi",
                                          "data y : int(0..1000000)[J, 4]\n"
                                          "data z : real[n] = field(\"the series\")\n"
                                          "sample rate : real[J] ~ gamma(5, 1)\n"
                                          "sample phi ~ uniform(0, 1)\n"
                                          "for j in 1..J { observe y[j] ~ poisson(rate[j]) }\n"
                                          "for t in 1..n {\n"
                                          "  if t == 1 { observe z[t] ~ normal(0, 1) }\n"
                                          "  else { observe z[t] ~ normal(phi * z[t - 1], 1) }\n"
                                          "}\n");
  const std::string data = scratch.write(
      "d.json",
      R"({"y": [[0, 0, 0, 0], [0, 0, 0, 0]], "the series": [0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0]})");
  const Outcome run = run_vippl({"sbc", model, "--data", data, "-n", "10", "-q"});
  CHECK(run.status == 0);
  CHECK(has(run.out, "fitted    10 replicates"));
  CHECK(has(run.out, "nothing speaks against uniform ranks of 3 scalars"));
}

TEST_CASE("what cannot be calibrated is refused in words") {
  const Scratch scratch;
  const std::string data = scratch.write("d.csv", "y\n1\n2\n");
  const std::string head = "data y : real[n]\n";
  struct Case {
    std::string script;
    std::vector<std::string> flags;
    int status;
    std::string words;
  };
  const Case cases[] = {
      {head + "let u = standardize(y)\nsample a ~ normal(0, 1)\nobserve u ~ normal(a, 1)",
       {},
       1,
       "what is observed here is no data as they were read"},
      {head + "sample a ~ flat()\nobserve y ~ normal(a, 1)", {}, 1, "`a` is improper"},
      {head + "sample a ~ normal(0, 1)\nobserve y[2] ~ normal(a, 1)",
       {},
       1,
       "have no `observe` of their own"},
      {"data v : real[n] = 2 * y\n" + head, {}, 1, "m.vi:1"},
      {head + "sample a ~ normal(0, 1)\nobserve y ~ normal(a, 1)",
       {"-n", "3"},
       2,
       "expected a number from 10"},
      {head + "sample a ~ normal(0, 1)\nobserve y ~ normal(a, 1)",
       {"--batch", "n=1"},
       2,
       "leave it out"},
      // Every draw of the data is refused by their own type.
      {"data y : real(lower = 0)[n]\nsample a ~ normal(-9, 1)\nobserve y ~ normal(a, 1)",
       {},
       3,
       "no replicate could be fitted"}};
  for (const Case& each : cases) {
    CAPTURE(each.script);
    std::vector<std::string> arguments = {"sbc", scratch.write("m.vi", each.script), "--data", data,
                                          "-q"};
    arguments.insert(arguments.end(), each.flags.begin(), each.flags.end());
    const Outcome run = run_vippl(arguments);
    CHECK(run.status == each.status);
    CHECK_MESSAGE(has(run.err, each.words), run.err);
    CHECK(run.out.empty());
  }
}
