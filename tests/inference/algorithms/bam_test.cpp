#include <doctest/doctest.h>

#include <Eigen/LU>
#include <cmath>
#include <stdexcept>

#include "inference/algorithm.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Options = std::map<std::string, double, std::less<>>;

Posterior fit(const Target& target, const Options& options = {}) {
  Settings settings;
  settings.options = options;
  SilentProgress progress;
  return find_algorithm("bam")->run(target, settings, progress);
}

/// A normal density about 0 with a start away from it: the curvature at the only mode that climbs
/// see is four times too large, since a narrow spike stands on it.
class Spiked final : public Target {
 public:
  Spiked() : Target(2) {}
  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    double value = 0;
    for (Eigen::Index j = 0; j < 2; ++j) {
      const double u = 20 * z[j];
      value += -0.5 * z[j] * z[j] - 0.00375 * u * u / (1 + u * u);
      if (gradient != nullptr)
        (*gradient)[j] -= z[j] + 0.00375 * 40 * u / ((1 + u * u) * (1 + u * u));
    }
    return value;
  }
};

}  // namespace

TEST_CASE("batch-and-match stays at a normal target, and few draws do") {
  const Regression target = made_up_regression(60, 13, 0.1);
  const Eigen::VectorXd sds = target.posterior_precision().inverse().diagonal().cwiseSqrt();
  const Posterior found = fit(target, {{"steps", 50}, {"draws", 8}});
  CHECK(found.converged);
  CHECK((found.guide->mean() - target.posterior_mean()).cwiseQuotient(sds).cwiseAbs().maxCoeff() <
        1e-4);
  CHECK((found.guide->variance().cwiseSqrt().cwiseQuotient(sds).array() - 1).abs().maxCoeff() <
        1e-3);
  CHECK(found.trace.size() == 50);
  CHECK(found.stop_reason == StopReason::iteration_limit);
}

TEST_CASE("batch-and-match finds a normal that its start is far from") {
  const Spiked target;
  SilentProgress progress;
  const Posterior laplace = find_algorithm("laplace")->run(target, {}, progress);
  const Posterior found = fit(target);
  CHECK(laplace.guide->variance()[0] < 0.3);
  CHECK(found.guide->variance().minCoeff() > 0.9);
  CHECK(found.guide->variance().maxCoeff() < 1.1);
  CHECK(found.guide->mean().norm() < 0.1);
}

TEST_CASE("batch-and-match on a skewed target lies between mode and mean") {
  // log gamma with shape 4: mean digamma(4) - log 4 = -0.13018, mode 0, variance trigamma(4).
  const Posterior found = fit(LogGamma(3, 4), {{"steps", 400}});
  CHECK(found.guide->mean().maxCoeff() < -0.05);
  CHECK(found.guide->mean().minCoeff() > -0.2);
  CHECK(found.guide->variance().minCoeff() > 0.2);
  CHECK(found.guide->variance().maxCoeff() < 0.3);
}

TEST_CASE("bam fits a full-rank normal and nothing else; the same seed gives the same bytes") {
  Settings settings;
  settings.guide = "lowrank:1";
  SilentProgress progress;
  const LogGamma target(2, 2);
  CHECK_THROWS_AS(find_algorithm("bam")->run(target, settings, progress), std::invalid_argument);
  CHECK(fit(target).guide->parameters() == fit(target).guide->parameters());
}
