#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli/process.h"

using nlohmann::json;
using vippl::cli::testing::Outcome;
using vippl::cli::testing::run_vippl;
using vippl::cli::testing::Scratch;

TEST_CASE("a fit tells how far each site is from its prior, and which the data do not touch") {
  const Scratch scratch;
  const std::string model =
      scratch.write("m.vi",
                    "sample a ~ normal(0, 1)\n"
                    "sample idle : real[3] ~ normal(a, 2) # allow: unused-latent\n"
                    "sample free ~ flat()\n"
                    "observe 2 ~ normal(a, 0.5)\n"
                    "observe 1 ~ normal(free, 1)\n");
  const Outcome table = run_vippl({"run", model});
  REQUIRE(table.status == 0);
  CHECK(table.out.find("the data say next to nothing about `idle`: less than") !=
        std::string::npos);
  const json parsed = json::parse(run_vippl({"run", model, "--format", "json"}).out);
  const json& sites = parsed.at("sites");
  REQUIRE(sites.size() == 3);
  // a given 2 is normal(1.6, sd sqrt(0.2)).
  const double expected = 0.5 * (0.2 + 1.6 * 1.6 - 1 - std::log(0.2));
  CHECK(sites[0].at("name") == "a");
  CHECK(std::abs(sites[0].at("kl").get<double>() - expected) <
        4 * sites[0].at("kl_se").get<double>());
  CHECK(sites[0].at("finding") == "none");
  CHECK(sites[1].at("dimension") == 3);
  CHECK(std::abs(sites[1].at("kl").get<double>()) < 0.01);
  CHECK(sites[1].at("sd_ratio").get<double>() == doctest::Approx(1).epsilon(0.1));
  CHECK(sites[1].at("finding") == "uninformed");
  CHECK(sites[2].at("kl").is_null());  // nothing to compare with
  CHECK(sites[2].at("finding") == "none");
  CHECK(parsed.at("notes").dump().find("next to nothing about `idle`") != std::string::npos);
}

TEST_CASE("the JSON holds the guide, with the place of each latent") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi",
                                          "data y : real[n]\n"
                                          "sample mu ~ normal(0, 1)\n"
                                          "sample b : real[2] ~ normal(mu, 1)\n"
                                          "observe y ~ normal(b[1], 1)\n"
                                          "observe y ~ normal(b[2] + mu, 1)\n");
  const std::string data = scratch.write("d.csv", "y\n0.5\n1.5\n0.25\n");
  const auto guide_of = [&](const char* guide) {
    const Outcome run =
        run_vippl({"run", model, "--data", data, "--guide", guide, "--format", "json", "-q"});
    return json::parse(run.out);
  };
  const json full = guide_of("fullrank");
  const json& guide = full.at("unconstrained");
  CHECK(guide.at("sites") == json::parse(R"([{"name": "mu", "offset": 0, "size": 1}, )"
                                         R"({"name": "b", "offset": 1, "size": 2}])"));
  CHECK(guide.at("is_normal") == true);
  const std::vector<double> mean = guide.at("mean");
  const std::vector<double> sd = guide.at("sd");
  REQUIRE(mean.size() == 3);
  CHECK(mean[0] == doctest::Approx(full.at("parameters").at("mu").at("mean").get<double>()));
  CHECK(sd[2] == doctest::Approx(full.at("parameters").at("b[2]").at("sd").get<double>()));
  REQUIRE(guide.at("factor").size() == 3);
  // The last row of the factor makes the last variance, and the correlation is there.
  double square = 0;
  for (const double each : guide.at("factor")[2]) square += each * each;
  CHECK(guide.at("factor")[2].size() == 3);
  CHECK(std::sqrt(square) == doctest::Approx(sd[2]));
  CHECK(guide.at("factor")[2][0].get<double>() < -0.1);
  CHECK(guide_of("meanfield").at("unconstrained").at("factor")[2][0].get<double>() == 0);
}
