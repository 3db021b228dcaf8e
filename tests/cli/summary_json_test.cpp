#include "cli/summary_json.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "tests/cli/hand_made_fit.h"

using nlohmann::json;
using vippl::cli::summary_json;
using vippl::cli::testing::HandMadeFit;

TEST_CASE("the JSON names every scalar as other tools do") {
  const HandMadeFit fit;
  const json parsed = json::parse(summary_json(fit.report));
  const json& parameters = parsed.at("parameters");
  CHECK(parameters.size() == 37);
  CHECK(parameters.contains("bias"));
  CHECK(parameters.contains("weight[2]"));
  CHECK(parameters.contains("W[1,2]"));
  CHECK(parameters.contains("fitted[30]"));
  const json& bias = parameters.at("bias");
  CHECK(bias.at("mean") == 29.0);
  CHECK(bias.at("sd") == 0.25);
  CHECK(bias.at("q05") == 28.6);
  CHECK(bias.at("q50") == 29.0);
  CHECK(bias.at("q95") == 29.4);
  CHECK(bias.at("mcse") == 0.0001);
  CHECK(bias.at("estimate") == "guide");
  CHECK_FALSE(bias.contains("raw"));
  CHECK(parsed.at("labels").at("weight") == json::parse(R"([["malic_acid", "ash"]])"));
  CHECK_FALSE(parsed.at("labels").contains("W"));
}

TEST_CASE("the JSON says how the fit went") {
  const HandMadeFit fit;
  const json parsed = json::parse(summary_json(fit.report));
  CHECK(parsed.at("version").is_string());
  CHECK(parsed.at("elbo") == -123.456789);
  CHECK(parsed.at("elbo_se") == 0.0123);
  CHECK(parsed.at("khat") == 0.31);
  CHECK(parsed.at("converged") == true);
  CHECK(parsed.at("stop_reason") == "converged");
  CHECK(parsed.at("verdict") == "trustworthy");
  CHECK(parsed.at("seed") == 7);
  CHECK(parsed.at("seconds").at("total") == 0.0421);
  CHECK(parsed.at("model") == "wine.vi");
  CHECK(parsed.at("data") == json::parse(R"(["wine.csv"])"));
  CHECK(parsed.at("guide") == "meanfield");
}

TEST_CASE("a corrected value stands beside the guide's own") {
  HandMadeFit fit;
  fit.report.summaries[30].estimate = vippl::inference::Estimate::corrected;
  fit.report.summaries[30].raw.mean = 28.5;
  const json parsed = json::parse(summary_json(fit.report));
  CHECK(parsed.at("parameters").at("bias").at("estimate") == "corrected");
  CHECK(parsed.at("parameters").at("bias").at("raw").at("mean") == 28.5);
}

TEST_CASE("an sd by linear response stands beside the guide's own, where there is one") {
  HandMadeFit fit;
  fit.report.summaries[30].linear_response_sd = 0.75;
  const json parsed = json::parse(summary_json(fit.report));
  CHECK(parsed.at("parameters").at("bias").at("sd") == 0.25);
  CHECK(parsed.at("parameters").at("bias").at("linear_response_sd") == 0.75);
  CHECK_FALSE(parsed.at("parameters").at("fitted[1]").contains("linear_response_sd"));
}

TEST_CASE("statistics of the data stand in the JSON with their place") {
  HandMadeFit fit;
  const std::vector<vippl::runtime::FrozenStatistic> frozen = {
      {"standardize(X)", "wine.vi:5", "standardize", "mean", {2}, {1.5, -2}},
      {"max(y)", "wine.vi:7", "max", "max", {}, {3}}};
  fit.report.frozen = frozen;
  const json parsed = json::parse(summary_json(fit.report)).at("frozen");
  REQUIRE(parsed.size() == 2);
  CHECK(parsed[0] == json::parse(R"json({"place": "wine.vi:5", "call": "standardize(X)",
      "function": "standardize", "statistic": "mean", "shape": [2], "values": [1.5, -2.0]})json"));
  CHECK(parsed[1].at("values") == json::parse("[3.0]"));
}

TEST_CASE("what is no number is null, and bad bytes do not break the text") {
  HandMadeFit fit;
  fit.posterior.khat = std::numeric_limits<double>::infinity();
  fit.report.summaries[30].reported.mean = std::numeric_limits<double>::quiet_NaN();
  fit.quantities[2].labels = {{"caf\xE9", "ash"}};
  const json parsed = json::parse(summary_json(fit.report));
  CHECK(parsed.at("khat").is_null());
  CHECK(parsed.at("parameters").at("bias").at("mean").is_null());
  CHECK(parsed.at("verdict") == "not trustworthy");
}

TEST_CASE("the JSON lists the modes, with what differs between them") {
  HandMadeFit fit(2);
  CHECK(json::parse(summary_json(fit.report)).at("modes").empty());
  vippl::inference::Mode mode;
  mode.share = 0.5;
  mode.elbo = -3;
  mode.starts = 8;
  mode.mean = Eigen::VectorXd::Zero(9);
  mode.sd = Eigen::VectorXd::Ones(9);
  vippl::inference::Mode other = mode;
  other.mean[2] = 5;
  other.exchange_of = 0;
  fit.posterior.modes.found = {mode, other};
  const json modes = json::parse(summary_json(fit.report)).at("modes");
  REQUIRE(modes.size() == 2);
  CHECK(modes[0].at("exchange_of").is_null());
  CHECK(modes[1].at("exchange_of") == 1);
  CHECK(modes[1].at("share") == 0.5);
  CHECK(modes[1].at("share_from") == "elbo");
  CHECK(modes[1].at("elbo") == -3.0);
  CHECK(modes[1].at("starts") == 8);
  CHECK(modes[1].at("parameters") == json::parse(R"({"bias": {"mean": 5.0, "sd": 1.0}})"));
}
