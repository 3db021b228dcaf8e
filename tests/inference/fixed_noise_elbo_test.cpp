#include "inference/fixed_noise_elbo.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>

#include "inference/matched_draws.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using vippl::runtime::Purpose;
using namespace vippl::testing;

namespace {

Points matched(Eigen::Index draws, Eigen::Index d) {
  Points noise(draws, d);
  Rng rng(4, Purpose::noise);
  fill_matched(rng, d, noise);
  return noise;
}

}  // namespace

TEST_CASE("the fixed-noise ELBO's gradient agrees with central differences") {
  const LogGamma target(3, 5);
  for (const GuideFamily* family : all_guides()) {
    CAPTURE(family->name);
    Evaluator evaluator(target);
    const std::unique_ptr<Guide> guide = make_guide(family->name, 3);
    // 300 draws: two full blocks and a smaller one.
    FixedNoiseElbo elbo(evaluator, *guide, matched(300, guide->noise_dimension()));
    const Eigen::VectorXd parameters =
        guide->parameters() + Eigen::VectorXd::LinSpaced(guide->parameter_count(), -0.3, 0.2);
    Eigen::VectorXd gradient(parameters.size()), ignored(parameters.size());
    elbo.evaluate(parameters, gradient);
    for (Eigen::Index i = 0; i < parameters.size(); ++i) {
      Eigen::VectorXd up = parameters, down = parameters;
      up[i] += 1e-6;
      down[i] -= 1e-6;
      const double difference = (elbo.evaluate(up, ignored) - elbo.evaluate(down, ignored)) / 2e-6;
      CHECK(gradient[i] == doctest::Approx(difference).epsilon(1e-6));
    }
  }
}

TEST_CASE("over matched draws the ELBO of a normal target is exact") {
  const Eigen::VectorXd sds = Eigen::VectorXd::LinSpaced(4, 0.5, 2);
  const Eigen::MatrixXd covariance = equicorrelated(sds, 0.6);
  const NormalTarget target(Eigen::VectorXd::LinSpaced(4, 0, 3), covariance);
  Evaluator evaluator(target);
  const std::unique_ptr<Guide> guide = make_guide("meanfield", 4);
  FixedNoiseElbo elbo(evaluator, *guide, matched(128, 4));
  Eigen::VectorXd gradient(guide->parameter_count());
  const double found = elbo.evaluate(guide->parameters(), gradient);
  // E log p under normal(0, I), plus the entropy.
  const Eigen::MatrixXd precision = target.precision();
  const double log_determinant =
      2 * Eigen::MatrixXd(covariance.llt().matrixL()).diagonal().array().log().sum();
  const double expected = -2 * log_two_pi - 0.5 * log_determinant -
                          0.5 * (precision.trace() + target.mean().dot(precision * target.mean())) +
                          2 * (1 + log_two_pi);
  CHECK(found == doctest::Approx(expected).epsilon(1e-12));
}

TEST_CASE("a draw outside the support makes the ELBO -infinity and is counted") {
  const HalfSpace target(2, -1);
  Evaluator evaluator(target);
  const std::unique_ptr<Guide> guide = make_guide("fullrank", 2);
  FixedNoiseElbo elbo(evaluator, *guide, matched(128, 2));
  Eigen::VectorXd gradient(guide->parameter_count());
  CHECK(elbo.evaluate(guide->parameters(), gradient) == minus_infinity);
  CHECK(elbo.non_finite_draws() > 5);
  CHECK(elbo.non_finite_draws() < 40);
}

TEST_CASE("an evaluation allocates nothing, and counts its points") {
  const ThreadLimit alone(1);  // a thread that joins late brings its own buffers
  const Regression target = made_up_regression(20, 6, 0.5);
  for (const GuideFamily* family : all_guides()) {
    // The sparse guide makes its factor anew: it is fitted by Newton steps, few and far between.
    if (family->name == "sparse") continue;
    Evaluator evaluator(target);
    const std::unique_ptr<Guide> guide = make_guide(family->name, 6);
    FixedNoiseElbo elbo(evaluator, *guide, matched(200, guide->noise_dimension()));
    const Eigen::VectorXd parameters = guide->parameters();
    Eigen::VectorXd gradient(parameters.size());
    elbo.evaluate(parameters, gradient);
    Eigen::internal::set_is_malloc_allowed(false);
    elbo.evaluate(parameters, gradient);
    Eigen::internal::set_is_malloc_allowed(true);
    CHECK(evaluator.gradient_evaluations() == 400);
  }
}
