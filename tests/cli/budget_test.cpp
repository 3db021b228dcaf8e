#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/process.h"
#include "tests/support/sanitizers.h"

using nlohmann::json;
using vippl::cli::testing::has;
using vippl::cli::testing::Outcome;
using vippl::cli::testing::run_vippl;
using vippl::cli::testing::Scratch;

namespace {

/// 40 skewed latents: a fit of thousands of gradients.
const std::string skewed =
    "sample x : real[40] ~ gamma(0.3, 1)\nsample s ~ half_normal(1)\n"
    "observe 10 ~ normal(sum(x), s)\n";

}  // namespace

TEST_CASE("--budget ends a fit, says so, and what to type next; the same bytes come out again") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", skewed);
  const Outcome table = run_vippl({"run", model, "--budget", "0.002"});
  CHECK_MESSAGE(has(table.out, "stopped   the budget of 0.002 nominal seconds ended the fit"),
                table.out);
  const auto fit = [&](const std::string& threads) {
    const Outcome run =
        run_vippl({"run", model, "--budget", "0.002", "--format", "json", "--threads", threads});
    REQUIRE_MESSAGE(run.status == 0, run.err);
    json parsed = json::parse(run.out);
    parsed.erase("seconds");
    return parsed;
  };
  const json cut = fit("1");
  CHECK(cut == fit("2"));
  CHECK(cut.at("stop_reason") == "budget");
  if (vippl::test::under_sanitizers) return;  // the whole fit takes minutes
  const json whole = json::parse(run_vippl({"run", model, "--format", "json"}).out);
  CHECK(whole.at("stop_reason") != "budget");
  CHECK(cut.at("gradient_evaluations") < whole.at("gradient_evaluations"));
}

TEST_CASE("--budget is refused where it means nothing") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", "sample x ~ normal(0, 1)\n");
  const Outcome negative = run_vippl({"run", model, "--budget", "-1"});
  CHECK(negative.status == 2);
  CHECK(has(negative.err, "--budget"));
  const Outcome nuts = run_vippl({"run", model, "--algorithm", "nuts", "--budget", "3"});
  CHECK(nuts.status == 2);
  CHECK(has(nuts.err, "--budget is an option of `--algorithm saa`"));
}
