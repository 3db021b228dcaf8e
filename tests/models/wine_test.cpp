// The wine regression has an exact answer (tests/models/exact/make_wine.py): both guides must find
// it.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/load.h"
#include "inference/algorithm.h"
#include "inference/summary.h"
#include "lang/parse.h"
#include "stdlib/registry.h"
#include "tests/support/sanitizers.h"

namespace vippl {

namespace {

const std::string root = VIPPL_SOURCE_DIR;

std::string read(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

// The example with another standard deviation of the noise.
std::unique_ptr<runtime::Model> wine(const std::string& noise) {
  std::string text = read(root + "/examples/wine/wine.vi");
  const std::string written = "0.1)";
  const std::size_t at = text.find(written);
  REQUIRE(at != std::string::npos);
  text.replace(at, written.size(), noise + ")");
  const lang::Sources sources = {lang::SourceText("wine.vi", text)};
  const lang::ParseResult parsed = lang::parse(sources[0]);
  REQUIRE_FALSE(lang::has_errors(parsed.diagnostics));
  runtime::DataSet data;
  data.add(runtime::read_data(root + "/examples/wine/wine.csv"));
  lang::Diagnostics warnings;
  return runtime::make_model(parsed.script, sources, data, stdlib::registry(), {}, warnings);
}

inference::Posterior fit(const runtime::Model& model, const std::string& guide,
                         std::uint64_t seed) {
  inference::Settings settings;
  settings.guide = guide;
  settings.seed = seed;
  inference::SilentProgress progress;
  return inference::default_algorithm(false).run(model, settings, progress);
}

}  // namespace

TEST_CASE("the wine regression is fitted to its exact answer by both guides, whatever the seed") {
  const nlohmann::json reference =
      nlohmann::json::parse(read(root + "/tests/models/exact/wine.json"));
  for (const std::string noise : {"0.1", "0.5"}) {
    const auto model = wine(noise);
    const nlohmann::json& exact = reference.at("cases").at(noise);
    const nlohmann::json& posterior = exact.at("posterior");
    for (const std::string guide : {"meanfield", "fullrank"}) {
      const bool is_mean_field = guide == "meanfield";
      const nlohmann::json& target = is_mean_field ? exact.at("mean_field") : posterior;
      const double elbo =
          is_mean_field ? target.at("elbo").get<double>() : exact.at("log_evidence").get<double>();
      constexpr std::uint64_t seeds = test::under_sanitizers ? 1 : 5;
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        CAPTURE(noise);
        CAPTURE(guide);
        CAPTURE(seed);
        const inference::Posterior fitted = fit(*model, guide, seed);
        CHECK(std::abs(fitted.elbo - elbo) < 0.05);
        const auto summary = inference::summarise(fitted, *model);
        // The script has the bias first, the reference last.
        for (std::size_t j = 0; j < 13; ++j) {
          CAPTURE(j);
          const inference::Moments& moments = summary[j == 12 ? 0 : j + 1].reported;
          const double sd = posterior.at("sd")[j];
          CHECK(std::abs(moments.mean - posterior.at("mean")[j].get<double>()) < 0.02 * sd);
          CHECK(moments.sd == doctest::Approx(target.at("sd")[j].get<double>()).epsilon(0.02));
          // The mean field's own sds are those of its optimum, linear response finds the
          // posterior's.
          const auto& response = summary[j == 12 ? 0 : j + 1].linear_response_sd;
          CHECK(response.has_value() == is_mean_field);
          if (response) CHECK(*response == doctest::Approx(sd).epsilon(0.01));
        }
      }
    }
  }
}

}  // namespace vippl
