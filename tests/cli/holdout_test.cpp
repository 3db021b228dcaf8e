#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <string>
#include <vector>

#include "tests/cli/process.h"

using nlohmann::json;
using vippl::cli::testing::has;
using vippl::cli::testing::Outcome;
using vippl::cli::testing::run_vippl;
using vippl::cli::testing::Scratch;

namespace {

/// 40 rows of y around 3.
std::vector<double> some_values() {
  std::vector<double> y;
  for (int i = 0; i < 40; ++i) y.push_back(3 + 1.3 * std::sin(1.7 * i));
  return y;
}

std::string csv_of(const std::vector<double>& y) {
  std::string text = "y\n";
  for (const double each : y) text += std::to_string(each) + "\n";
  return text;
}

}  // namespace

TEST_CASE("withheld rows are scored by the predictive density of the rows that were kept") {
  const Scratch scratch;
  const std::vector<double> y = some_values();
  const std::string model = scratch.write(
      "m.vi", "data y : real[n]\nsample mu ~ normal(0, 10)\nobserve y ~ normal(mu, 1)\n");
  const std::string data = scratch.write("d.csv", csv_of(y));
  const Outcome run =
      run_vippl({"run", model, "--data", data, "--holdout", "0.25", "--format", "json"});
  REQUIRE(run.status == 0);
  const json parsed = json::parse(run.out);
  const json& holdout = parsed.at("holdout");
  CHECK(holdout.at("size") == "n");
  CHECK(holdout.at("row_count") == 40);
  const std::vector<int> withheld = holdout.at("rows");
  REQUIRE(withheld.size() == 10);

  // Conjugate: mu given the others is normal, and so is a new row.
  double precision = 0.01, weighted = 0;
  for (int row = 1; row <= 40; ++row) {
    if (std::find(withheld.begin(), withheld.end(), row) != withheld.end()) continue;
    precision += 1;
    weighted += y[static_cast<std::size_t>(row - 1)];
  }
  const double mean = weighted / precision, variance = 1 / precision + 1;
  CHECK(parsed.at("parameters").at("mu").at("mean").get<double>() ==
        doctest::Approx(mean).epsilon(1e-4));
  double total = 0;
  for (std::size_t i = 0; i < withheld.size(); ++i) {
    const double residual = y[static_cast<std::size_t>(withheld[i] - 1)] - mean;
    const double expected =
        -0.5 * (std::log(2 * std::numbers::pi * variance) + residual * residual / variance);
    CAPTURE(withheld[i]);
    CHECK(holdout.at("log_densities")[i].get<double>() == doctest::Approx(expected).epsilon(0.02));
    total += expected;
  }
  CHECK(holdout.at("log_density").get<double>() == doctest::Approx(total).epsilon(0.005));
  CHECK(holdout.at("log_density_per_row").get<double>() ==
        doctest::Approx(holdout.at("log_density").get<double>() / 10));
  CHECK(holdout.at("log_density_per_row_se").get<double>() > 0);

  const Outcome table = run_vippl({"run", model, "--data", data, "--holdout", "n=0.25"});
  CHECK(has(table.out, "held out  10 of 40 rows of `n`, log predictive density -"));
  const Outcome other = run_vippl(
      {"run", model, "--data", data, "--holdout", "0.25", "--format", "json", "--seed", "2"});
  CHECK(json::parse(other.out).at("holdout").at("rows") != holdout.at("rows"));
}

TEST_CASE("rows that cannot be withheld are refused in words") {
  const Scratch scratch;
  const std::string rows = "g,y\n1,0.5\n2,1\n1,2\n2,2.5\n1,0\n";
  const std::string data = scratch.write("d.csv", rows);
  const std::string other = scratch.write("e.csv", "u\n1\n2\n");
  struct Case {
    std::string script;
    std::string holdout;
    int status;
    std::string words;
  };
  const std::string head = "data y : real[n]\n";
  const std::string plain = head + "sample a ~ normal(0, 1)\nobserve y ~ normal(a, 1)\n";
  const std::string two = "data u : real[J]\n" + plain + "observe u ~ normal(a, 1)\n";
  const Case cases[] = {
      {head + "sample a : real[n] ~ normal(0, 1)\nobserve y ~ normal(a, 1)\n", "0.4", 1,
       "`a` has one value per row of `n`"},
      {head + "sample a ~ normal(0, 1)\nfor i in 1..n { observe y[i] ~ normal(a, 1) }\n", "0.4", 1,
       "--holdout cannot withhold rows of `n`"},
      {head + "sample a ~ normal(0, 1)\nobserve sum(y) ~ normal(a, 1)\n", "0.4", 1,
       "no statement is over `n`"},
      {two, "0.4", 2, "write --holdout J=0.4 or --holdout n=0.4"},
      {plain, "k=0.4", 2, "`k` is not a size that counts rows"},
      {plain, "0.1", 1, "0.1 of the 5 rows of `n` are 1; at least 2 are withheld"},
      {plain, "1.5", 2, "between 0 and 1"},
      {plain, "=0.5", 2, "between 0 and 1"},
      {"sample a ~ normal(0, 1)\nobserve 1 ~ normal(a, 1)\n", "0.5", 2,
       "no data of this script have rows"}};
  for (const Case& each : cases) {
    CAPTURE(each.script);
    const std::string model = scratch.write("m.vi", each.script);
    const Outcome run = run_vippl({"run", model, "--data", data, other, "--holdout", each.holdout});
    CHECK(run.status == each.status);
    CHECK_MESSAGE(has(run.err, each.words), run.err);
    CHECK_FALSE(has(run.err, "--batch"));
    CHECK(run.out.empty());
  }
  const std::string model = scratch.write("m.vi", plain);
  const Outcome both =
      run_vippl({"run", model, "--data", data, "--holdout", "0.4", "--batch", "n=2"});
  CHECK(both.status == 2);
  CHECK(has(both.err, "leave out --batch"));
}

TEST_CASE("withheld rows have no say in anything, not in the coordinates either") {
  const Scratch scratch;
  const std::string model =
      scratch.write("m.vi",
                    "data g : category(J)[n]\ndata y : real[n]\nsample mu ~ normal(0, 10)\n"
                    "sample tau ~ half_normal(10)\nsample a : real[J] ~ normal(mu, tau)\n"
                    "observe y ~ normal(a[g], 2)\n");
  // Of eight groups with four rows each; `far` is the value of the rows that are withheld.
  const auto fit = [&](const std::vector<int>& withheld, double far) {
    std::string text = "g,y\n";
    for (int row = 1; row <= 32; ++row) {
      const int group = (row - 1) % 8;
      const bool is_kept = std::find(withheld.begin(), withheld.end(), row) == withheld.end();
      const double y = is_kept ? std::sin(1.7 * row) : far * (group - 4);
      text += "abcdefgh"[group];
      text += "," + std::to_string(y) + "\n";
    }
    const std::string data = scratch.write("d.csv", text);
    const Outcome run =
        run_vippl({"run", model, "--data", data, "--holdout", "0.6", "--format", "json"});
    REQUIRE_MESSAGE(run.status == 0, run.err);
    return json::parse(run.out);
  };
  const std::vector<int> withheld = fit({}, 0).at("holdout").at("rows");
  const json near = fit(withheld, 0.1), far = fit(withheld, 200);
  CHECK(near.at("noncentred") == far.at("noncentred"));
  CHECK(near.at("parameters") == far.at("parameters"));
  CHECK(near.at("holdout").at("log_density") > far.at("holdout").at("log_density"));
}
