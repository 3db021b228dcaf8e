#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>
#include <string>

#include "inference/algorithm.h"
#include "inference/summary.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

Posterior fit(const Target& target, double paths, const std::string& guide = "auto") {
  Settings settings;
  settings.guide = guide;
  settings.options["paths"] = paths;
  SilentProgress progress;
  return find_algorithm("pathfinder")->run(target, settings, progress);
}

/// Two normals of sd 0.5 at -2 and 2, the right one with three times the mass of the left.
class TwoModes final : public Target {
 public:
  TwoModes() : Target(1) {}
  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    const double left = 0.25 * density(z[0] + 2), right = 0.75 * density(z[0] - 2);
    if (gradient != nullptr)
      (*gradient)[0] -= 4 * ((z[0] + 2) * left + (z[0] - 2) * right) / (left + right);
    return std::log(left + right);
  }

 private:
  static double density(double shift) {
    return 2 * std::exp(-2 * shift * shift - 0.5 * log_two_pi);
  }
};

}  // namespace

TEST_CASE("a single path ends near a normal target, in the family that is asked for") {
  const Eigen::VectorXd sds = Eigen::VectorXd::LinSpaced(5, 0.1, 3);
  const NormalTarget target(Eigen::VectorXd::LinSpaced(5, -1, 1), equicorrelated(sds, 0.5));
  const Posterior found = fit(target, 1);
  CHECK(found.guide->name() == "fullrank");
  CHECK((found.guide->mean() - target.mean()).cwiseQuotient(sds).cwiseAbs().maxCoeff() < 0.3);
  CHECK(found.elbo > -0.5);  // the target is normalised
  CHECK(fit(target, 1, "meanfield").guide->name() == "meanfield");
}

TEST_CASE("several paths find several modes, and reweighting finds their shares") {
  const TwoModes target;
  const Posterior found = fit(target, 16);
  CHECK(found.guide->name() == "mixture");
  CHECK(found.khat < 0.7);
  const ScalarSummary summary = summarise(found, target)[0];
  CHECK(summary.estimate == Estimate::corrected);
  CHECK(summary.reported.mean == doctest::Approx(1).epsilon(0.1));
  CHECK(summary.reported.sd == doctest::Approx(std::sqrt(0.25 + 3)).epsilon(0.05));
}

TEST_CASE("a mixture is no family to ask for, and two runs with a seed are the same") {
  const LogGamma target(2, 2);
  CHECK_THROWS_AS(fit(target, 4, "fullrank"), std::invalid_argument);
  CHECK(fit(target, 4).draws == fit(target, 4).draws);
  CHECK(fit(target, 4).trace.size() == 4);
}

TEST_CASE("pathfinder keeps what it has when it is interrupted, however early") {
  class Impatient final : public Progress {
   public:
    void begin(std::string_view, std::int64_t) override {}
    void report(const TracePoint&) override {}
    bool interrupted() const override { return true; }
  };
  Impatient progress;
  const Posterior found = find_algorithm("pathfinder")->run(LogGamma(2, 2), {}, progress);
  CHECK(found.stop_reason == StopReason::interrupted);
  CHECK_FALSE(found.converged);
  CHECK(found.draws.rows() > 0);
}
