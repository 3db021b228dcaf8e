#include "inference/judge.h"

#include <doctest/doctest.h>

#include <cmath>

#include "inference/psis.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

Posterior judged(const Target& target, std::unique_ptr<Guide> guide) {
  Posterior posterior;
  posterior.guide = std::move(guide);
  posterior.guide_request = "meanfield";
  posterior.seed = 3;
  Evaluator evaluator(target);
  SilentProgress progress;
  judge(evaluator, {}, progress, posterior);
  return posterior;
}

}  // namespace

TEST_CASE("a guide away from a normal target is judged by its exact ELBO, without noise") {
  const Eigen::MatrixXd covariance = equicorrelated(Eigen::VectorXd::Ones(3), 0.5);
  const NormalTarget target(Eigen::VectorXd::Constant(3, 0.2), covariance);
  const Posterior found = judged(target, make_guide("meanfield", 3));
  // -KL(normal(0, I) || target), in closed form.
  const double expected =
      -0.5 * (target.precision().trace() + target.mean().dot(target.precision() * target.mean()) -
              3 + std::log(covariance.determinant()));
  CHECK(found.elbo == doctest::Approx(expected).epsilon(1e-9));
  CHECK(found.elbo_se < 1e-9);
  CHECK(found.draws.rows() == 4000);
  CHECK(found.constrained == found.draws);
  CHECK(found.log_weights.array().exp().sum() == doctest::Approx(1));
}

TEST_CASE("a guide much wider than its target has bounded weights, a much narrower one not") {
  const NormalTarget target(Eigen::VectorXd::Zero(2), Eigen::MatrixXd::Identity(2, 2));
  std::unique_ptr<Guide> wide = make_guide("meanfield", 2);
  wide->start_at(identity_start(2), 2);
  std::unique_ptr<Guide> narrow = make_guide("meanfield", 2);
  narrow->start_at(identity_start(2), 0.5);
  CHECK(judged(target, std::move(wide)).khat < 0.2);
  CHECK(judged(target, std::move(narrow)).khat > 0.7);
}

TEST_CASE("draws for judging grow with the cost of the fit where they correct, within bounds") {
  const NormalTarget target(Eigen::VectorXd::Zero(2), Eigen::MatrixXd::Identity(2, 2));
  CHECK(judging_draws(target, false, 1000000) == 4000);
  CHECK(judging_draws(target, true, 10) == 4000);
  CHECK(judging_draws(target, true, 3000) == 12000);
  CHECK(judging_draws(target, true, 1000000) == 20000);
  CHECK(judging_draws(LogGamma(5000, 1), false, 10) == 2000);
}
