#include <doctest/doctest.h>

#include <cmath>

#include "inference/algorithm.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Options = std::map<std::string, double, std::less<>>;

Posterior fit(const Target& target, const std::string& guide, const Options& options,
              std::uint64_t seed = 1) {
  Settings settings;
  settings.guide = guide;
  settings.seed = seed;
  settings.options = options;
  SilentProgress progress;
  return find_algorithm("adam")->run(target, settings, progress);
}

}  // namespace

TEST_CASE("Adam reaches the mean-field optimum of a regression, with and without minibatches") {
  for (const Eigen::Index batch : {0, 10}) {
    CAPTURE(batch);
    const Regression target = made_up_regression(100, 3, 1.0, batch);
    const Posterior found =
        fit(target, "meanfield", {{"learning-rate", 0.003}, {"steps", 10000}, {"draws", 4}});
    const Eigen::VectorXd sds = target.posterior_precision().diagonal().cwiseSqrt().cwiseInverse();
    // The last iterate of a fixed rate keeps its noise.
    CHECK((found.guide->mean() - target.posterior_mean()).cwiseQuotient(sds).cwiseAbs().maxCoeff() <
          0.3);
    CHECK((found.guide->variance().cwiseSqrt().cwiseQuotient(sds).array() - 1).abs().maxCoeff() <
          0.2);
    CHECK(found.stop_reason == StopReason::iteration_limit);
    CHECK(found.trace.size() == 200);
    CHECK(found.trace.back().elbo > found.trace.front().elbo);
  }
}

TEST_CASE("sticking the landing lets Adam end on a full-rank normal") {
  const NormalTarget target(Eigen::VectorXd::Constant(2, 0.5),
                            equicorrelated(Eigen::VectorXd::Constant(2, 0.7), 0.8));
  const Posterior found =
      fit(target, "fullrank", {{"learning-rate", 0.01}, {"steps", 5000}, {"stl", 1}});
  CHECK((found.guide->mean() - target.mean()).norm() < 1e-3);
  CHECK(found.guide->covariance()(0, 1) == doctest::Approx(0.8 * 0.49).epsilon(1e-2));
  CHECK(found.converged);
}

TEST_CASE("the seed recipe: plain Adam from location 0, one draw a step, softplus scales") {
  // The first steps by hand: with one draw, Adam's first step is the rate times the sign of the
  // gradient.
  const Regression target = made_up_regression(64, 3, 0.1, 32);
  const Options recipe = {
      {"learning-rate", 1e-3}, {"steps", 1}, {"scale", 1}, {"initial-scale", 0.0486}};
  const Posterior one = fit(target, "meanfield", recipe);
  for (Eigen::Index j = 0; j < 3; ++j)
    CHECK(std::fabs(one.guide->mean()[j]) == doctest::Approx(1e-3).epsilon(1e-4));
  const double raw = std::log(std::expm1(0.0486));
  for (Eigen::Index j = 0; j < 3; ++j)
    CHECK(std::fabs(one.guide->parameters()[3 + j] - raw) == doctest::Approx(1e-3).epsilon(1e-4));

  Options thousand = recipe;
  thousand["steps"] = 1000;
  const Posterior found = fit(target, "meanfield", thousand);
  CHECK(found.gradient_evaluations >= 1000);
  // 1000 steps of 1e-3 cannot travel far: the fit says that it is not there yet.
  CHECK_FALSE(found.converged);
  CHECK(found.stop_sentence.find("still to go") != std::string::npos);
}

TEST_CASE("the same seed gives the same bytes with minibatches") {
  const Regression target = made_up_regression(50, 3, 0.5, 8);
  const Options options = {{"steps", 200}};
  const Posterior a = fit(target, "meanfield", options, 3);
  const Posterior b = fit(target, "meanfield", options, 3);
  const Posterior c = fit(target, "meanfield", options, 4);
  CHECK(a.guide->parameters() == b.guide->parameters());
  CHECK(a.draws == b.draws);
  CHECK(a.elbo == b.elbo);
  CHECK(a.guide->parameters() != c.guide->parameters());
}

TEST_CASE("draws outside the support are left out, counted, and end the fit if too many remain") {
  const HalfSpace wall(2, -2.5);
  const Posterior found = fit(wall, "meanfield", {{"steps", 200}});
  CHECK(found.non_finite_draws > 0);
  CHECK(std::isfinite(found.elbo));
  REQUIRE_FALSE(found.notes.empty());
  CHECK(found.notes[0].find("left out") != std::string::npos);
  const HalfSpace half(2, 0);
  try {
    fit(half, "meanfield", {{"steps", 10}});
    FAIL("expected a FitError");
  } catch (const FitError& error) {
    CHECK(std::string(error.what()).find("no finite log density") != std::string::npos);
    CHECK_FALSE(error.trace().empty());
  }
}

TEST_CASE("Adam hears an interruption at the next step, however many were asked for") {
  class Asked final : public Progress {
   public:
    void begin(std::string_view, std::int64_t) override {}
    void report(const TracePoint&) override {}
    bool interrupted() const override { return ++asked_ >= 100; }

   private:
    mutable int asked_ = 0;
  };
  const Regression target = made_up_regression(50, 3, 0.5);
  Settings settings;
  settings.guide = "meanfield";
  settings.options["steps"] = 1e9;
  Asked progress;
  const Posterior found = find_algorithm("adam")->run(target, settings, progress);
  CHECK(found.stop_reason == StopReason::interrupted);
  CHECK_FALSE(found.converged);
  CHECK(found.stop_sentence == "interrupted after 100 of 1000000000 steps");
  REQUIRE(found.trace.size() == 1);
  CHECK(found.trace[0].iteration == 100);
  CHECK(found.draws.rows() == 1000);
}

TEST_CASE("Adam reports by the clock between the lines of its trace") {
  class Counting final : public Progress {
   public:
    void begin(std::string_view phase, std::int64_t) override { phase_ = phase; }
    void report(const TracePoint&) override {
      if (phase_ == "optimise") ++reports;
    }
    bool interrupted() const override { return reports >= 3; }
    int reports = 0;

   private:
    std::string phase_;
  };
  const Regression target = made_up_regression(50, 3, 0.5);
  Settings settings;
  settings.options["steps"] = 1e9;  // a line every five million
  Counting progress;
  const Posterior found = find_algorithm("adam")->run(target, settings, progress);
  CHECK(progress.reports >= 3);
  CHECK(found.trace.size() == 1);
}
