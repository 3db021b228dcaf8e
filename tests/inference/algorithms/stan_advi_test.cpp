#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "inference/algorithm.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

Posterior fit(const Target& target, const std::string& guide, double steps = 10000) {
  Settings settings;
  settings.guide = guide;
  settings.options["steps"] = steps;
  SilentProgress progress;
  return find_algorithm("stan-advi")->run(target, settings, progress);
}

}  // namespace

TEST_CASE("Stan's rules reach a target in good units, with the noise of their last steps") {
  const NormalTarget target(Eigen::VectorXd::Constant(3, 2.0),
                            equicorrelated(Eigen::VectorXd::Ones(3), 0.5));
  for (const std::string guide : {"meanfield", "fullrank"}) {
    CAPTURE(guide);
    const Posterior found = fit(target, guide);
    CHECK(found.guide->name() == guide);
    CHECK((found.guide->mean() - target.mean()).cwiseAbs().maxCoeff() < 0.4);
    CHECK(found.trace.front().iteration == 100);
    CHECK(found.stop_sentence.find("rate ") != std::string::npos);
  }
  CHECK(fit(target, "auto").guide->name() == "meanfield");
}

TEST_CASE("Stan's rules stop early on bad units, and the fit that the judge sees is poor") {
  Eigen::VectorXd sds(3);
  sds << 1e-4, 1, 1e4;
  const NormalTarget target(Eigen::VectorXd::Zero(3), equicorrelated(sds, 0));
  const Posterior found = fit(target, "meanfield");
  CHECK(found.elbo < -3);
  CHECK(found.khat > 0.7);
}

TEST_CASE("the ELBO is looked at every hundred steps, and the steps end") {
  // The ELBO's relative change cannot fall below 0.01 in two looks, of which the first is from 0.
  const Posterior found = fit(LogGamma(2, 2), "meanfield", 100);
  CHECK(found.stop_reason == StopReason::iteration_limit);
  CHECK_FALSE(found.converged);
  CHECK(found.trace.size() == 1);
  CHECK(found.stop_sentence.find("took all 100 steps") == 0);
}

TEST_CASE("where no step size raises the ELBO, that is said") {
  /// Flat, so that only the entropy grows, and outside the support where it would.
  class Box final : public Target {
   public:
    Box() : Target(1) {}
    double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd*) const override {
      return std::fabs(z[0]) < 3 ? 0 : minus_infinity;
    }
  };
  CHECK_THROWS_AS(fit(Box(), "meanfield"), FitError);
}
