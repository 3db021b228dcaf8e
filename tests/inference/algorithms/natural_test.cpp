#include <doctest/doctest.h>

#include <Eigen/LU>
#include <cmath>
#include <stdexcept>

#include "inference/algorithm.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

Posterior fit(const Target& target, std::uint64_t seed = 1) {
  Settings settings;
  settings.seed = seed;
  SilentProgress progress;
  return find_algorithm("natural")->run(target, settings, progress);
}

}  // namespace

TEST_CASE("natural-gradient steps find the best normal of a skewed target") {
  // For a z - a e^z the best normal has variance 1 / a and mean -1 / (2 a); laplace has mean 0.
  const LogGamma target(3, 4);
  for (const std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    const Posterior found = fit(target, seed);
    CHECK(found.converged);
    CHECK((found.guide->mean().array() + 0.125).abs().maxCoeff() < 0.02);
    CHECK((found.guide->variance().array() - 0.25).abs().maxCoeff() < 0.03);
    CHECK(found.stop_sentence.find("agree") != std::string::npos);
  }
}

TEST_CASE("natural-gradient steps are exact on a normal target") {
  const Regression target = made_up_regression(60, 13, 0.1);
  const Eigen::VectorXd sds = target.posterior_precision().inverse().diagonal().cwiseSqrt();
  const Posterior found = fit(target);
  CHECK(found.converged);
  CHECK((found.guide->mean() - target.posterior_mean()).cwiseQuotient(sds).cwiseAbs().maxCoeff() <
        1e-4);
  CHECK((found.guide->variance().cwiseSqrt().cwiseQuotient(sds).array() - 1).abs().maxCoeff() <
        1e-4);
}

TEST_CASE("natural: stages that do not agree are said to") {
  Settings settings;
  settings.options["stages"] = 1;
  SilentProgress progress;
  const Posterior found = find_algorithm("natural")->run(LogGamma(2, 1), settings, progress);
  CHECK_FALSE(found.converged);
  CHECK(found.stop_reason == StopReason::stage_limit);
}

TEST_CASE("natural fits a full-rank normal and nothing else") {
  Settings settings;
  settings.guide = "meanfield";
  SilentProgress progress;
  CHECK_THROWS_AS(find_algorithm("natural")->run(LogGamma(2, 1), settings, progress),
                  std::invalid_argument);
}
