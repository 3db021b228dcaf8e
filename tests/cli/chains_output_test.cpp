#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "cli/draws_csv.h"
#include "cli/summary_json.h"
#include "cli/summary_table.h"
#include "tests/cli/hand_made_fit.h"

using nlohmann::json;
using namespace vippl;
using cli::testing::HandMadeFit;

namespace {

/// The same report as if two chains of one draw each had made it.
void let_chains_draw(HandMadeFit& fit) {
  inference::Posterior& posterior = fit.posterior;
  posterior.algorithm = "nuts";
  posterior.guide_request = "none";
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  posterior.elbo = posterior.elbo_se = posterior.khat = posterior.weight_spread = none;
  posterior.stop_sentence = "took the 1000 draws of each of 2 chains after a warmup of 500";
  inference::Chains chains;
  chains.count = 2;
  chains.kept = 1000;
  chains.warmup = 500;
  chains.transitions = 2000;
  chains.step_sizes = Eigen::VectorXd::Constant(2, 0.5);
  chains.acceptance = Eigen::VectorXd::Constant(2, 0.75);
  for (inference::ScalarSummary& summary : fit.report.summaries) {
    summary.estimate = inference::Estimate::chains;
    summary.chains = {1.001, 812, 640, 0.01};
    summary.trust = inference::Trust::full;
    chains.diagnostics.push_back(*summary.chains);
  }
  posterior.chains = std::move(chains);
  for (runtime::Quantity& quantity : fit.quantities) {
    Eigen::Index size = 1;
    for (const Eigen::Index extent : quantity.shape) size *= extent;
    quantity.maps.resize(static_cast<std::size_t>(size));
  }
}

cli::Terminal wide_terminal() {
  cli::Terminal terminal;
  terminal.width = 100;
  return terminal;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the table of chains has R-hat and ESS, and no ELBO or k-hat") {
  HandMadeFit fit;
  let_chains_draw(fit);
  const std::string table = cli::summary_table(fit.report, wide_terminal(), cli::Length::elided);
  CHECK(contains(table, "mcse  R-hat  ESS  trust\n"));
  CHECK(contains(table, "0.0001  1.001  640  yes\n"));
  CHECK(contains(table,
                 "\nchains    2 by nuts, of 1000 draws each, over 7 unconstrained coordinates\n"));
  CHECK_FALSE(contains(table, "\nELBO"));
  CHECK_FALSE(contains(table, "\nk-hat"));
  CHECK_FALSE(contains(table, "\nguide"));
  CHECK(contains(table,
                 "verdict   trustworthy: 2 chains agree: R-hat at most 1.001, at least 640 "
                 "effective draws\n"));
}

TEST_CASE("the verdict of chains names what is wrong, the worst first") {
  struct Case {
    inference::ChainDiagnostics weight_2;
    std::int64_t divergences;
    std::string word, reason;
  };
  const Case cases[] = {
      {{1.02, 812, 640, 0.01}, 0, "not trustworthy", "do not agree on `weight[2]`: R-hat 1.020"},
      {{1.001, 399, 640, 0.01}, 0, "not trustworthy", "worth 399 independent ones only"},
      {{1.001, 812, 399, 0.01}, 0, "usable for means", "known from 399 independent draws only"},
      {{1.001, 812, 640, 0.01}, 3, "usable for means", "3 of 2000 transitions diverged"},
      {{1.001, 812, 640, 0.01}, 30, "not trustworthy", "1.5 % of the transitions diverged"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.reason);
    HandMadeFit fit;
    let_chains_draw(fit);
    fit.posterior.chains->diagnostics[32] = each.weight_2;
    fit.posterior.chains->divergences = each.divergences;
    const inference::Verdict verdict = fit.report.verdict();
    CHECK(verdict.word() == each.word);
    CHECK(contains(verdict.reason, each.reason));
    CHECK_FALSE(verdict.next_step.empty());
  }
}

TEST_CASE("the JSON of chains has their diagnostics, and no ELBO or k-hat") {
  HandMadeFit fit;
  let_chains_draw(fit);
  fit.posterior.chains->divergences = 2;
  const json parsed = json::parse(cli::summary_json(fit.report));
  const json& bias = parsed.at("parameters").at("bias");
  CHECK(bias.at("estimate") == "chains");
  CHECK(bias.at("rhat") == 1.001);
  CHECK(bias.at("ess_bulk") == 812.0);
  CHECK(bias.at("ess_tail") == 640.0);
  CHECK_FALSE(bias.contains("raw"));
  const json& chains = parsed.at("chains");
  CHECK(chains.at("count") == 2);
  CHECK(chains.at("draws") == 1000);
  CHECK(chains.at("warmup") == 500);
  CHECK(chains.at("divergences") == 2);
  CHECK(chains.at("step_sizes") == json::parse("[0.5, 0.5]"));
  CHECK_FALSE(parsed.contains("elbo"));
  CHECK_FALSE(parsed.contains("khat"));
  CHECK(parsed.at("guide") == "none");
}

TEST_CASE("draws of chains are numbered within each chain") {
  HandMadeFit fit;
  let_chains_draw(fit);
  fit.posterior.chains->kept = 2;
  fit.posterior.constrained = runtime::Draws::Zero(4, 37);
  std::ostringstream text;
  fit.posterior.draws = inference::Points::Zero(4, 1);
  cli::write_draws_csv(inference::reported_draws(fit.posterior), fit.quantities,
                       [&](std::string_view piece) { text << piece; });
  std::istringstream lines(text.str());
  std::string line;
  std::getline(lines, line);
  for (const std::string start : {"1,1,1,0", "1,2,2,0", "2,1,3,0", "2,2,4,0"}) {
    REQUIRE(std::getline(lines, line));
    CHECK(line.starts_with(start));
  }
}
