#include "inference/expected_curvature.h"

#include <doctest/doctest.h>

#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

std::unique_ptr<Guide> guide_at(const Eigen::VectorXd& location, double scale,
                                const std::string& name) {
  std::unique_ptr<Guide> guide = make_guide(name, location.size());
  guide->start_at({location, {}, Eigen::VectorXd::Constant(location.size(), scale)}, 1);
  return guide;
}

}  // namespace

TEST_CASE("the expected curvature of a normal target is its curvature, in the guide's units") {
  const Eigen::MatrixXd covariance = equicorrelated(Eigen::VectorXd::LinSpaced(4, 1, 2), 0.5);
  const NormalTarget target(Eigen::VectorXd::Ones(4), covariance);
  for (const std::string name : {"meanfield", "fullrank"}) {
    CAPTURE(name);
    Evaluator evaluator(target);
    const auto guide = guide_at(Eigen::VectorXd::Zero(4), 0.5, name);
    const ExpectedCurvature found = expected_curvature(evaluator, *guide, 1);
    REQUIRE(found.is_valid);
    CHECK((found.hessian + 0.25 * target.precision()).norm() < 1e-10);
    CHECK((found.gradient - 0.5 * target.precision() * target.mean()).norm() < 1e-10);
    CHECK(found.residual.norm() < 1e-20);

    // With the quadratic taken out, the log density is constant.
    Points noise(50, 4), z(50, 4);
    Rng rng(1, vippl::runtime::Purpose::test);
    guide->draw(rng, noise, z);
    LogDensities values(50), control(50);
    evaluator.densities(z, values);
    found.control(z, control);
    values -= control;
    CHECK(values.maxCoeff() - values.minCoeff() < 1e-10);
  }
}

TEST_CASE("the location error is 0 at an exact fit, and the distance where there is one") {
  const Eigen::MatrixXd covariance = equicorrelated(Eigen::VectorXd::LinSpaced(3, 1, 2), 0.5);
  const NormalTarget target(Eigen::VectorXd::Ones(3), covariance);
  Evaluator evaluator(target);
  const auto fitted = guide_at(target.mean(), 0.5, "meanfield");
  CHECK(location_error(expected_curvature(evaluator, *fitted, 1), 128).norm() < 1e-10);
  const Eigen::VectorXd away = target.mean() + Eigen::VectorXd::LinSpaced(3, -1, 2);
  const auto unfinished = guide_at(away, 0.5, "meanfield");
  const Eigen::VectorXd error = location_error(expected_curvature(evaluator, *unfinished, 1), 0);
  CHECK((error - (away - target.mean()).cwiseAbs()).norm() < 1e-9);
}

TEST_CASE("on a skewed target the location error grows as fewer draws were held fixed") {
  const LogGamma target(2, 3);
  Evaluator evaluator(target);
  // The best normal for shape a: variance 1 / a and mean -1 / (2 a).
  const auto guide =
      guide_at(Eigen::VectorXd::Constant(2, -1.0 / 6), std::sqrt(1.0 / 3), "meanfield");
  const ExpectedCurvature curvature = expected_curvature(evaluator, *guide, 1);
  const Eigen::VectorXd few = location_error(curvature, 128);
  const Eigen::VectorXd many = location_error(curvature, 128 * 16);
  CHECK(few.minCoeff() > 0.001);
  CHECK(few.maxCoeff() < 0.1);
  CHECK(many.cwiseQuotient(few).maxCoeff() == doctest::Approx(0.25));
}

TEST_CASE("a draw outside the support leaves the curvature unknown") {
  const HalfSpace target(2, 0);
  Evaluator evaluator(target);
  const auto guide = guide_at(Eigen::VectorXd::Zero(2), 1, "meanfield");
  CHECK_FALSE(expected_curvature(evaluator, *guide, 1).is_valid);
}
