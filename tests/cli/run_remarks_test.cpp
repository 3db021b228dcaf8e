// What a run says of the model beside its posterior: jitter, and statistics of the data.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/process.h"

using nlohmann::json;
using vippl::cli::testing::Outcome;
using vippl::cli::testing::run_vippl;
using vippl::cli::testing::Scratch;

namespace {

/// Its matrix of latents is singular everywhere.
constexpr const char* singular =
    "data x : real[n]\n"
    "let u = standardize(x)\n"
    "sample a ~ half_normal(1)\n"
    "sample z : real[n] ~ normal(0, 1)\n"
    "let L = cholesky(a * ones(n, n))\n"
    "observe u ~ normal(L @ z, 1)\n";
constexpr const char* data = "x\n1\n3\n5\n";

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a run warns once of a matrix of latents that needed jitter, and --strict fails for it") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", singular);
  const std::string rows = scratch.write("d.csv", data);
  const Outcome outcome = run_vippl({"run", model, "--data", rows});
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(count(outcome.err, "[added-jitter]") == 1);
  CHECK(count(outcome.err, "m.vi:5:9: warning") == 1);
  CHECK(count(outcome.err, "of 64 draws of the posterior") == 1);
  CHECK(run_vippl({"run", model, "--data", rows, "--quiet"}).err.empty());
  const Outcome strict = run_vippl({"run", model, "--data", rows, "--strict"});
  CHECK(strict.status == 4);
  CHECK_FALSE(strict.out.empty());
}

TEST_CASE("the JSON of a run has the statistics that the script makes of the data") {
  const Scratch scratch;
  const Outcome outcome = run_vippl({"run", scratch.write("m.vi", singular), "--data",
                                     scratch.write("d.csv", data), "--format", "json"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  const json frozen = json::parse(outcome.out).at("frozen");
  REQUIRE(frozen.size() == 2);
  CHECK(frozen[0].at("call") == "standardize(x)");
  CHECK(frozen[0].at("statistic") == "mean");
  CHECK(frozen[0].at("values") == json::parse("[3.0]"));
  CHECK(frozen[1].at("statistic") == "sd");
  CHECK(frozen[1].at("values") == json::parse("[2.0]"));
  CHECK(frozen[1].at("place").get<std::string>().ends_with("m.vi:2"));
}
