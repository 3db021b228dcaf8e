// --centring, wherever a model is fitted.
#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/process.h"
#include "tests/support/sanitizers.h"

using nlohmann::json;
using vippl::cli::testing::has;
using vippl::cli::testing::Outcome;
using vippl::cli::testing::run_vippl;
using vippl::cli::testing::Scratch;

namespace {

const std::string schools =
    "data y : real[n]\ndata sigma : real[n]\n"
    "sample mu ~ normal(0, 5)\nsample tau ~ half_normal(5)\n"
    "sample theta : real[8] ~ normal(mu, tau)\nobserve y ~ normal(theta, sigma)\n";
constexpr const char* schools_csv = "y,sigma\n28,15\n8,10\n-3,16\n7,11\n-1,9\n1,11\n18,10\n12,18\n";
constexpr const char* note = "fitted non-centred, as location + scale z: theta";

/// Groups by a column, so that rows can be cut.
const std::string groups =
    "data g : int(1..3)[n]\ndata y : real[n]\n"
    "sample mu ~ normal(0, 5)\nsample tau ~ half_normal(5)\n"
    "sample theta : real[3] ~ normal(mu, tau)\nobserve y ~ normal(theta[g], 9)\n"
    "generate again ~ normal(theta[1], 9)\n";
constexpr const char* groups_csv =
    "g,y\n1,0.5\n2,1.5\n3,-1\n1,0.7\n2,2.5\n3,-2\n1,0.1\n2,1\n3,0\n1,1\n";

struct Files {
  Files(const std::string& script, const char* csv)
      : model(scratch.write("m.vi", script)), data(scratch.write("d.csv", csv)) {}

  Outcome run(const std::vector<std::string>& flags, const std::string& command = "run") const {
    std::vector<std::string> arguments = {command, model, "--data", data, "-q"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return run_vippl(arguments);
  }
  json result(std::vector<std::string> flags) const {
    flags.insert(flags.end(), {"--format", "json"});
    const Outcome outcome = run(flags);
    REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    return json::parse(outcome.out);
  }

  Scratch scratch;
  std::string model;
  std::string data;
};

}  // namespace

TEST_CASE("what was fitted non-centred is named in the table and in the JSON") {
  const Files files(schools, schools_csv);
  CHECK(has(files.run({}).out, note));
  const json chosen = files.result({});
  const json forced = files.result({"--centring", "noncentred"});
  CHECK(chosen.at("noncentred") == json({"theta"}));
  CHECK(forced.at("noncentred") == json({"theta"}));
  if (!vippl::test::under_sanitizers) {  // as written, short chains take long
    CHECK_FALSE(has(files.run({"--centring", "as-written"}).out, "non-centred"));
    CHECK(files.result({"--centring", "as-written"}).at("noncentred").empty());
  }
  // The same fit, but for what the choice took.
  CHECK(chosen.at("parameters") == forced.at("parameters"));
  CHECK(chosen.at("gradient_evaluations") > forced.at("gradient_evaluations"));
  CHECK(chosen.at("density_evaluations") > forced.at("density_evaluations"));
}

TEST_CASE("without a latent scale there is nothing to choose") {
  const Files files("data y : real[n]\nsample mu ~ normal(0, 5)\nobserve y ~ normal(mu, 1)\n",
                    "y\n1\n2\n4\n");
  std::vector<std::string> texts;
  for (const char* centring : {"auto", "as-written", "noncentred"}) {
    json result = files.result({"--centring", centring});
    CHECK(result.at("noncentred").empty());
    result.erase("seconds");
    texts.push_back(result.dump());
  }
  CHECK(texts[0] == texts[1]);
  CHECK(texts[1] == texts[2]);
}

TEST_CASE("another word for the centring is refused in words") {
  const Files files(schools, schools_csv);
  const Outcome outcome = files.run({"--centring", "centred"});
  CHECK(outcome.status == 2);
  CHECK(has(outcome.err, "--centring centred: expected auto, as-written or noncentred"));
  CHECK(outcome.out.empty());
}

TEST_CASE("minibatches, withheld rows and generated values go with every centring") {
  const Files files(groups, groups_csv);
  for (const char* centring : {"auto", "noncentred"}) {
    CAPTURE(std::string(centring));
    const json batch = files.result({"--centring", centring, "--batch", "n=5", "--steps", "300"});
    const json holdout = files.result({"--centring", centring, "--holdout", "0.2"});
    CHECK(batch.at("noncentred") == json({"theta"}));
    CHECK(holdout.at("noncentred") == json({"theta"}));
    CHECK(holdout.at("holdout").at("rows").size() == 2);
    if (vippl::test::under_sanitizers) return;
  }
  CHECK(files.result({"--batch", "n=5", "--steps", "300"}).at("noncentred").empty());
  // Generated values follow the latents, whatever their coordinates: sd(again) is above 9.
  const json written = files.result({"--centring", "as-written"}).at("parameters");
  const json noncentred = files.result({"--centring", "noncentred"}).at("parameters");
  for (const char* name : {"mu", "again"}) {
    CAPTURE(std::string(name));
    const double sd = written.at(name).at("sd");
    CHECK(noncentred.at(name).at("sd").get<double>() == doctest::Approx(sd).epsilon(0.15));
    CHECK(std::abs(noncentred.at(name).at("mean").get<double>() -
                   written.at(name).at("mean").get<double>()) < 0.2 * sd);
  }
}

TEST_CASE("chains keep what is written unless they are asked") {
  const Files files(schools, schools_csv);
  const std::vector<std::string> chains = {"--algorithm", "nuts",     "--samples",
                                           "50",          "--warmup", "50"};
  CHECK(files.result(chains).at("noncentred").empty());
  std::vector<std::string> asked = chains;
  asked.insert(asked.end(), {"--centring", "noncentred"});
  CHECK(files.result(asked).at("noncentred") == json({"theta"}));
}

TEST_CASE("simulated replicates are fitted in the coordinates that are asked for") {
  const Files files(groups, groups_csv);
  for (const char* centring : {"auto", "noncentred"}) {
    CAPTURE(std::string(centring));
    const Outcome outcome =
        files.run({"--centring", centring, "-n", "10", "--format", "json"}, "sbc");
    REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    const json result = json::parse(outcome.out);
    CHECK(result.at("replicates") == 10);
    CHECK(result.at("failed") == 0);
    if (vippl::test::under_sanitizers) break;
  }
}

TEST_CASE("a session fits in the coordinates that are asked for") {
  const std::string input =
      "sample mu ~ normal(0, 5)\nsample tau ~ half_normal(5)\n"
      "sample theta : real[3] ~ normal(mu, tau)\nobserve [1, 2, 4] ~ normal(theta, 9)\n";
  CHECK(has(run_vippl({"repl"}, input + ":fit\n").out, note));
  CHECK(has(run_vippl({"repl"}, input + ":fit --centring noncentred\ntheta\n").out, note));
  const Outcome written = run_vippl({"repl"}, input + ":fit --centring as-written\n");
  CHECK(has(written.out, "ELBO"));
  CHECK_FALSE(has(written.out, "non-centred"));
  CHECK(has(run_vippl({"repl"}, input + ":fit --centring maybe\n").err, "--centring maybe"));
}
