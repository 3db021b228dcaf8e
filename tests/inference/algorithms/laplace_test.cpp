#include <doctest/doctest.h>

#include <Eigen/LU>
#include <cmath>
#include <string>

#include "inference/algorithm.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

Posterior fit(const Target& target, const std::string& guide = "auto") {
  Settings settings;
  settings.guide = guide;
  SilentProgress progress;
  return find_algorithm("laplace")->run(target, settings, progress);
}

}  // namespace

TEST_CASE("laplace: the normal at the mode, with the curvature there") {
  // a (z - e^z) has its mode at 0 with curvature a; its mean lies below.
  const LogGamma skewed(3, 4);
  const Posterior found = fit(skewed);
  CHECK(found.guide->mean().cwiseAbs().maxCoeff() < 1e-6);
  CHECK((found.guide->covariance() - 0.25 * Eigen::MatrixXd::Identity(3, 3)).norm() < 1e-5);
  CHECK(found.converged);
  CHECK(found.guide->name() == "fullrank");
  CHECK(found.algorithm == "laplace");
  CHECK(found.stop_sentence.find("log density -") != std::string::npos);

  const Regression normal = made_up_regression(60, 13, 0.1);
  const Posterior exact = fit(normal);
  CHECK(exact.khat < 0.1);
  CHECK(exact.elbo_se < 1e-6);
}

TEST_CASE("laplace as a mean field takes the conditional sds") {
  const Eigen::MatrixXd covariance = equicorrelated(Eigen::VectorXd::Ones(3), 0.9);
  const NormalTarget target(Eigen::VectorXd::Zero(3), covariance);
  const Eigen::VectorXd expected = covariance.inverse().diagonal().cwiseInverse();
  CHECK((fit(target, "meanfield").guide->variance() - expected).norm() < 1e-6);
}

TEST_CASE("laplace takes the higher of two modes, whatever holds more of the posterior") {
  /// A narrow high mode at -3 with a fifth of the mass, a wide one at 3.
  class NarrowAndWide final : public Target {
   public:
    NarrowAndWide() : Target(1) {}
    double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
      const bool left = z[0] < -2;  // between them both densities are tiny
      const double sd = left ? 0.05 : 1, centre = left ? -3 : 3, mass = left ? 0.2 : 0.8;
      const double u = (z[0] - centre) / sd;
      if (gradient != nullptr) (*gradient)[0] -= u / sd;
      return std::log(mass / sd) - 0.5 * u * u - 0.5 * log_two_pi;
    }
    void draw_prior(std::uint64_t, Points& points) const override {
      for (Eigen::Index i = 0; i < points.rows(); ++i) points(i, 0) = i % 4 == 0 ? -3.1 : 2;
    }
  };
  const NarrowAndWide target;
  const Posterior found = fit(target);
  CHECK(found.guide->mean()[0] == doctest::Approx(-3));
  CHECK(found.start_ends.size() == 2);
}

TEST_CASE("laplace without a mode is refused in words") {
  const LogGamma large(501, 1);
  CHECK_THROWS_AS(fit(large), FitError);
}
