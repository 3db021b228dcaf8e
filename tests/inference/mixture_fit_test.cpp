#include "inference/mixture_fit.h"

#include <doctest/doctest.h>

#include <cmath>

#include "inference/algorithm.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// y ~ normal(0, 1) and x ~ normal(y^2, 0.5): bent, so that one normal fits ill.
class Banana : public Target {
 public:
  Banana() : Target(2) {}
  double at(const VectorXd& z, const Rows&, VectorXd* gradient) const override {
    const double u = (z[0] - z[1] * z[1]) / 0.5;
    if (gradient != nullptr) *gradient += VectorXd{{-u / 0.5, -z[1] + 2 * z[1] * u / 0.5}};
    return -0.5 * (u * u + z[1] * z[1]) - log_two_pi - std::log(0.5);
  }
};

Start normal_at(double x, double sd) {
  return normal_start(VectorXd{{x, 0}}, sd * MatrixXd::Identity(2, 2));
}

}  // namespace

TEST_CASE("the rounds find the normal that a mixture needs, and what it is worth") {
  const NormalTarget target(VectorXd{{1, -2}}, equicorrelated(VectorXd{{1, 2}}, 0.6));
  Evaluator evaluator(target);
  const FittedMixture found = fit_mixture(
      evaluator, mixed_equally({normal_at(-1, 3), normal_at(2, 3)}), 1, SilentProgress());
  CHECK(found.elbo > -0.05);  // 0 is the best there is
  CHECK(found.elbo < 0.01);
  CHECK(found.elbo_se < 0.02);
  const auto guide = make_normal_mixture(found.mixture);
  CHECK((guide->mean() - target.mean()).norm() < 0.2);
}

TEST_CASE("a guide that is split follows a bent posterior better than one normal") {
  const Banana target;
  Settings settings;
  settings.guide = "fullrank";
  SilentProgress progress;
  const Posterior one = find_algorithm("saa")->run(target, settings, progress);
  Evaluator evaluator(target);
  const FittedMixture found = fit_mixture(evaluator, split_guide(one), 1, progress);
  CHECK(found.mixture.count() == 3);
  CHECK(found.mixture.shares.sum() == doctest::Approx(1));
  CHECK(found.elbo > one.elbo + 0.1);
  CHECK(found.elbo < 0);
}

TEST_CASE("the same seed gives the same mixture") {
  const Banana target;
  const MixedNormals first = mixed_equally({normal_at(0, 1), normal_at(2, 1)});
  Evaluator a(target), b(target);
  const FittedMixture one = fit_mixture(a, first, 3, SilentProgress());
  const FittedMixture two = fit_mixture(b, first, 3, SilentProgress());
  CHECK(one.elbo == two.elbo);
  CHECK(one.mixture.shares == two.mixture.shares);
}
