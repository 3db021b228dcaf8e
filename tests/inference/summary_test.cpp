#include "inference/summary.h"

#include <doctest/doctest.h>

#include <cmath>

#include "inference/algorithm.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;
using Kind = vippl::runtime::ScalarMap::Kind;

namespace {

Posterior fit(const Target& target, const std::string& guide, std::uint64_t seed = 1) {
  Settings settings;
  settings.guide = guide;
  settings.seed = seed;
  SilentProgress progress;
  return find_algorithm("saa")->run(target, settings, progress);
}

}  // namespace

TEST_CASE("an explicit guide is reported exactly where the map allows, from draws elsewhere") {
  NormalTarget target(Eigen::VectorXd::Constant(4, 0.5),
                      equicorrelated(Eigen::VectorXd::Constant(4, 0.4), 0));
  target.set_map(1, {Kind::exponential, 1, 0, 1});
  target.set_map(2, {Kind::inverse_logit, 2, 0, 1});
  target.set_map(3, {Kind::other, 3, 0, 1});  // the square
  const Posterior posterior = fit(target, "fullrank");
  const std::vector<ScalarSummary> found = summarise(posterior, target);
  REQUIRE(found.size() == 4);
  for (const ScalarSummary& summary : found) {
    CHECK(summary.estimate == Estimate::guide);
    CHECK(summary.raw.mean == summary.reported.mean);
    CHECK(summary.reported.q05 < summary.reported.q50);
    CHECK(summary.reported.q50 < summary.reported.q95);
  }
  CHECK(found[0].reported.mean == doctest::Approx(0.5));
  CHECK(found[0].reported.sd == doctest::Approx(0.4));
  CHECK(found[0].mcse < 1e-6);
  CHECK(found[1].reported.mean == doctest::Approx(std::exp(0.58)));
  CHECK(found[2].reported.q50 == doctest::Approx(1 / (1 + std::exp(-0.5))));
  // The square of normal(0.5, 0.4): mean m^2 + s^2, variance 2 s^4 + 4 m^2 s^2.
  const double mean = 0.25 + 0.16;
  const double sd = std::sqrt(2 * 0.16 * 0.16 + 4 * 0.25 * 0.16);
  CHECK(std::fabs(found[3].reported.mean - mean) < 5 * found[3].mcse);
  CHECK(found[3].mcse < 0.005 * sd);
  CHECK(found[3].mcse > 0);
  CHECK(found[3].reported.sd == doctest::Approx(sd).epsilon(0.03));
}

TEST_CASE("auto corrects a skewed target by importance, within the error it states") {
  // log gamma with shape 4: mean digamma(4) - log 4, variance trigamma(4).
  const double mean = 1.2561176684318005 - std::log(4.0);
  const double sd = std::sqrt(0.28382295573711533);
  for (const std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    LogGamma target(2, 4);
    target.set_map(1, {Kind::exponential, 1, 0, 1});  // gamma(4, 4): mean 1, sd 1/2
    const Posterior posterior = fit(target, "auto", seed);
    CHECK(posterior.khat < 0.7);
    const std::vector<ScalarSummary> found = summarise(posterior, target);
    CHECK(found[0].estimate == Estimate::corrected);
    CHECK(std::fabs(found[0].reported.mean - mean) < 4 * found[0].mcse);
    CHECK(found[0].mcse < 0.02 * sd);
    CHECK(found[0].reported.sd == doctest::Approx(sd).epsilon(0.05));
    CHECK(std::fabs(found[1].reported.mean - 1) < 4 * found[1].mcse);
    CHECK(found[1].reported.sd == doctest::Approx(0.5).epsilon(0.05));
    CHECK(found[1].reported.q50 == doctest::Approx(0.9180).epsilon(0.03));  // qgamma(0.5, 4, 4)
    CHECK(found[1].reported.q05 == doctest::Approx(0.3416).epsilon(0.05));  // qgamma(0.05, 4, 4)
    CHECK(found[1].reported.q95 == doctest::Approx(1.9384).epsilon(0.05));  // qgamma(0.95, 4, 4)
  }
}

TEST_CASE("the error stated for an explicit guide covers the noise of the fit over seeds") {
  const LogGamma target(1, 2);
  std::vector<double> means;
  double mcse = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const ScalarSummary found = summarise(fit(target, "fullrank", seed), target)[0];
    means.push_back(found.reported.mean);
    mcse += found.mcse / 20;
  }
  double mean = 0, square = 0;
  for (const double x : means) mean += x / 20;
  for (const double x : means) square += (x - mean) * (x - mean) / 19;
  CHECK(std::sqrt(square) / mcse > 0.5);
  CHECK(std::sqrt(square) / mcse < 1.5);
}

TEST_CASE("the estimates have the names of the JSON") {
  CHECK(name_of(Estimate::guide) == "guide");
  CHECK(name_of(Estimate::corrected) == "corrected");
  CHECK(name_of(Estimate::linear_response) == "linear_response");
}
