// Which latents are fitted non-centred: weak data want it, strong data do not.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "cli/fit.h"
#include "runtime/random.h"
#include "tests/models/bind_script.h"

namespace vippl::test {
namespace {

using cli::Coordinates;

struct Chosen {
  Coordinates coordinates;
  std::set<std::string> noncentred;
  int models = 0;  ///< that were made
};

Chosen choose(const std::string& script, const std::string& csv, const cli::FitOptions& asked) {
  Given given{.csv = csv};
  const Outcome written = make(script, given);
  CHECK_MESSAGE(written.model, written.message());
  REQUIRE(written.model);
  Chosen chosen;
  const auto make_model = [&](const runtime::ModelOptions& options) {
    ++chosen.models;
    given.options = options;
    return make(script, given).model;
  };
  runtime::ModelOptions options;
  chosen.coordinates = cli::choose_coordinates(*written.model, cli::plan_fit(asked), make_model,
                                               cli::Verbosity::quiet, options);
  chosen.noncentred = options.noncentred;
  return chosen;
}

// The eight schools of Rubin (1981).
const std::string schools =
    "data y : real[n]\ndata sigma : real[n]\n"
    "sample mu ~ normal(0, 5)\nsample tau ~ half_cauchy(5)\n"
    "sample theta : real[n] ~ normal(mu, tau)\nobserve y ~ normal(theta, sigma)\n";
const std::string schools_csv = "y,sigma\n28,15\n8,10\n-3,16\n7,11\n-1,9\n1,11\n18,10\n12,18\n";

const std::string groups =
    "data g : int(1..20)[n]\ndata y : real[n]\n"
    "sample mu ~ normal(0, 5)\nsample tau ~ half_normal(5)\n"
    "sample theta : real[20] ~ normal(mu, tau)\nobserve y ~ normal(theta[g], 0.5)\n";

/// 20 groups of 50 rows each.
std::string groups_csv() {
  runtime::Rng rng(5, runtime::Purpose::prior);
  std::string text = "g,y\n";
  for (int group = 1; group <= 20; ++group) {
    const double theta = 1 + 2 * rng.normal();
    for (int i = 0; i < 50; ++i)
      text += fmt::format("{},{:.6g}\n", group, theta + 0.5 * rng.normal());
  }
  return text;
}

cli::FitOptions centring(const std::string& text, const std::string& algorithm = "") {
  cli::FitOptions options;
  options.centring = text;
  options.algorithm = algorithm;
  return options;
}

}  // namespace

TEST_CASE("few data: non-centred, and what the choice took is told") {
  const Chosen chosen = choose(schools, schools_csv, {});
  CHECK(chosen.noncentred == std::set<std::string>{"theta"});
  CHECK(chosen.coordinates.differ);
  CHECK(chosen.models == 2);
  CHECK(chosen.coordinates.gradient_evaluations > 0);
  CHECK(chosen.coordinates.density_evaluations > 0);
  CHECK(chosen.coordinates.seconds > 0);
}

TEST_CASE("many data: as written") {
  const Chosen chosen = choose(groups, groups_csv(), {});
  CHECK(chosen.noncentred.empty());
  CHECK_FALSE(chosen.coordinates.differ);
  CHECK(chosen.models == 2);
}

TEST_CASE("what is asked for is not tried out") {
  const Chosen all = choose(groups, groups_csv(), centring("noncentred"));
  CHECK(all.noncentred == std::set<std::string>{"theta"});
  CHECK(all.coordinates.differ);
  const Chosen none = choose(schools, schools_csv, centring("as-written"));
  CHECK(none.noncentred.empty());
  const Chosen chains = choose(schools, schools_csv, centring("", "nuts"));
  CHECK(chains.noncentred.empty());
  for (const Chosen* each : {&all, &none, &chains}) {
    CHECK(each->models == 0);
    CHECK(each->coordinates.gradient_evaluations == 0);
  }
  CHECK(choose(schools, schools_csv, centring("auto", "nuts")).coordinates.differ);
}

TEST_CASE("a script without a latent scale is recorded once") {
  const Chosen chosen = choose(
      "data y : real[n]\nsample mu ~ normal(0, 5)\n"
      "sample s ~ half_normal(5)\nobserve y ~ normal(mu, s)\n",
      "y\n1\n2\n4\n", {});
  CHECK(chosen.models == 0);
  CHECK_FALSE(chosen.coordinates.differ);
  CHECK(chosen.coordinates.gradient_evaluations == 0);
}

}  // namespace vippl::test
