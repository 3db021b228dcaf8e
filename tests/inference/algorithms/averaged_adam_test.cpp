#include <doctest/doctest.h>

#include <cmath>

#include "inference/algorithm.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

Posterior fit(const Target& target, const std::string& guide, std::uint64_t seed = 1,
              const std::map<std::string, double, std::less<>>& options = {}) {
  Settings settings;
  settings.guide = guide;
  settings.seed = seed;
  settings.options = options;
  SilentProgress progress;
  return find_algorithm("averaged-adam")->run(target, settings, progress);
}

double worst(const Eigen::VectorXd& errors) { return errors.cwiseAbs().maxCoeff(); }

}  // namespace

TEST_CASE("averaged Adam finds the optimum of a regression, from minibatches as from all rows") {
  for (const Eigen::Index batch : {0, 10, 50})
    for (const std::uint64_t seed : {1, 2, 3}) {
      CAPTURE(batch);
      CAPTURE(seed);
      const Regression target = made_up_regression(400, 5, 1.0, batch);
      const Eigen::VectorXd diagonal = target.posterior_precision().diagonal();
      const Posterior mean_field = fit(target, "meanfield", seed);
      const Eigen::VectorXd narrow = diagonal.cwiseSqrt().cwiseInverse();
      CHECK(mean_field.converged);
      CHECK(worst((mean_field.guide->mean() - target.posterior_mean()).cwiseQuotient(narrow)) <
            0.1);
      CHECK(worst(mean_field.guide->variance().cwiseSqrt().cwiseQuotient(narrow) -
                  Eigen::VectorXd::Ones(5)) < 0.05);

      const Posterior full_rank = fit(target, "fullrank", seed);
      CHECK(full_rank.converged);
      CHECK(full_rank.weight_spread < 0.2);
      CHECK(full_rank.weights_are_good());
      CHECK(worst((full_rank.guide->mean() - target.posterior_mean()).cwiseQuotient(narrow)) < 0.2);
    }
}

TEST_CASE("averaged Adam is not at the optimum where it starts, and goes there") {
  // Laplace, where it starts, has the mode; the best normal has the mean, about 0.9 sds away.
  const LogGamma target(4, 0.5);
  const Posterior laplace = [&] {
    SilentProgress progress;
    return find_algorithm("laplace")->run(target, {}, progress);
  }();
  const Posterior found = fit(target, "fullrank");
  CHECK(found.converged);
  CHECK(found.elbo > laplace.elbo + 0.2);
}

TEST_CASE("averaged Adam says when its steps did not suffice") {
  const Regression target = made_up_regression(400, 5, 1.0, 10);
  const Posterior found = fit(target, "fullrank", 1, {{"steps", 200}});
  CHECK_FALSE(found.converged);
  CHECK(found.stop_reason == StopReason::iteration_limit);
  CHECK(found.stop_sentence == "the iterates had not settled after 200 steps");
  CHECK(found.trace.size() == 1);
}

TEST_CASE("averaged Adam gives the same bytes for the same seed") {
  const Regression target = made_up_regression(100, 3, 0.5, 8);
  const Posterior a = fit(target, "meanfield", 3);
  const Posterior b = fit(target, "meanfield", 3);
  const Posterior c = fit(target, "meanfield", 4);
  CHECK(a.guide->parameters() == b.guide->parameters());
  CHECK(a.elbo == b.elbo);
  CHECK(a.guide->parameters() != c.guide->parameters());
}

TEST_CASE("averaged Adam keeps what there is when it is interrupted") {
  class Asked final : public Progress {
   public:
    void begin(std::string_view phase, std::int64_t) override { optimises_ = phase == "optimise"; }
    void report(const TracePoint&) override {}
    bool interrupted() const override { return optimises_ && ++asked_ > 50; }

   private:
    bool optimises_ = false;
    mutable int asked_ = 0;
  };
  const Regression target = made_up_regression(100, 3, 0.5, 8);
  Settings settings;
  settings.guide = "meanfield";
  Asked progress;
  const Posterior found = find_algorithm("averaged-adam")->run(target, settings, progress);
  CHECK(found.stop_reason == StopReason::interrupted);
  CHECK_FALSE(found.converged);
  CHECK(found.guide->mean().allFinite());
}

TEST_CASE("draws outside the support are left out of averaged Adam, and counted") {
  const Posterior found = fit(HalfSpace(2, -2.5), "meanfield", 1, {{"steps", 1000}});
  REQUIRE_FALSE(found.notes.empty());
  CHECK(found.notes.back().find("were left out") != std::string::npos);
}
