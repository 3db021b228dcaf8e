// Families of guides on a real posterior.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "inference/algorithm.h"
#include "tests/models/posteriordb/posterior.h"
#include "tests/support/sanitizers.h"

namespace vippl::test {
namespace {

inference::Posterior fit(const runtime::Model& model, const std::string& guide) {
  inference::Settings settings;
  settings.guide = guide;
  inference::SilentProgress progress;
  return inference::default_algorithm(false).run(model, settings, progress);
}

TEST_CASE("no family ends below the mean field that it contains, wherever it began") {
  if (under_sanitizers) return;
  const Posterior rats = make_posterior("rats_data-rats_model");
  const inference::Posterior mean_field = fit(*rats.model, "meanfield");
  for (const std::string guide : {"lowrank:3", "fullrank"}) {
    CAPTURE(guide);
    const inference::Posterior larger = fit(*rats.model, guide);
    const double error = 3 * std::hypot(larger.elbo_se, mean_field.elbo_se);
    CHECK(larger.elbo > mean_field.elbo - error);
    // From its own start, low rank ends on a hill that is 170 nats lower.
    const bool is_told = std::ranges::any_of(larger.notes, [](const std::string& note) {
      return note.find("below the best mean field") != std::string::npos;
    });
    CHECK(is_told == (guide == "lowrank:3"));
  }
}

}  // namespace
}  // namespace vippl::test
