#include "inference/starts.h"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include "inference/algorithm.h"
#include "inference/path_normals.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

TEST_CASE("the start of a normal target is the target itself, in few evaluations") {
  const Regression target = made_up_regression(100, 5, 0.3);
  Evaluator evaluator(target);
  SilentProgress progress;
  const StartReport report = find_start(evaluator, {}, progress);
  CHECK((report.best.location - target.posterior_mean()).norm() < 1e-6);
  const Eigen::MatrixXd covariance = report.best.factor * report.best.factor.transpose();
  const Eigen::MatrixXd expected = target.posterior_precision().inverse();
  CHECK((covariance - expected).norm() < 1e-5 * expected.norm());
  CHECK(report.notes.empty());
  CHECK(evaluator.gradient_evaluations() < 250);
}

TEST_CASE("in a funnel a point of the path beats the Laplace approximation at the mode") {
  const Funnel target(9);
  Evaluator evaluator(target);
  SilentProgress progress;
  const StartReport report = find_start(evaluator, {}, progress);
  // The mode lies at v = -36, where a draw of the target is never seen; the best normal is near v =
  // 0.
  CHECK(std::fabs(report.best.location[0]) < 6);
  CHECK(report.elbo > -10);
}

TEST_CASE("two modes are reported") {
  class TwoModes : public Target {
   public:
    using Target::Target;
    double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
      const double side = z[0] > 0 ? 1 : -1;
      if (gradient != nullptr) (*gradient)[0] -= 50 * (z[0] - side);
      return -25 * (z[0] - side) * (z[0] - side);
    }
  };
  const TwoModes target(1);
  Evaluator evaluator(target);
  SilentProgress progress;
  const StartReport report = find_start(evaluator, {.count = 8}, progress);
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes[0] == "8 starts ended at 2 different points");
}

TEST_CASE("no start with a finite density is a FitError with terms and trace") {
  const HalfSpace target(2, 1e9);
  Evaluator evaluator(target);
  SilentProgress progress;
  try {
    find_start(evaluator, {}, progress);
    FAIL("expected a FitError");
  } catch (const FitError& error) {
    CHECK(std::string(error.what()) ==
          "the log density is not finite at any of 100 starting points");
    REQUIRE(error.terms().size() == 1);
    CHECK(error.terms()[0].value == minus_infinity);
    CHECK(error.trace() == "the target, target.vi:1");
  }
}

TEST_CASE("starts that die are reported, those that live are used") {
  const HalfSpace target(2, 0.5);
  Evaluator evaluator(target);
  SilentProgress progress;
  const StartReport report = find_start(evaluator, {.count = 8}, progress);
  REQUIRE_FALSE(report.notes.empty());
  CHECK(report.notes[0].find("starts had no finite density") != std::string::npos);
  CHECK(report.best.location[0] >= 0.5);
}

TEST_CASE("path normals of a normal target are near it at the end of the path") {
  // Exact gradients along coordinate steps: BFGS then holds the exact inverse Hessian of a diagonal
  // target.
  Eigen::VectorXd variance(3);
  variance << 0.25, 4, 9;
  std::vector<PathPoint> path;
  Eigen::VectorXd x = Eigen::VectorXd::Constant(3, 2);
  for (Eigen::Index j = 0; j <= 3; ++j) {
    path.push_back({x, -x.cwiseQuotient(variance)});
    if (j < 3) x[j] = 1;
  }
  for (const bool dense : {true, false}) {
    CAPTURE(dense);
    const std::vector<Start> normals = path_normals(path, 2, dense);
    REQUIRE_FALSE(normals.empty());
    CHECK(normals.size() <= 2);
    CHECK(normals.back().factor.size() == (dense ? 9 : 0));
    CHECK(normals.back().location.allFinite());
    if (!dense) continue;
    const Start& last = normals.back();
    CHECK((last.factor * last.factor.transpose() - Eigen::MatrixXd(variance.asDiagonal())).norm() <
          1e-9);
    CHECK(last.location.norm() < 1e-9);
  }
  CHECK(path_normals({}, 5, true).empty());
  CHECK(path_normals({path[0]}, 5, true).empty());
}

TEST_CASE("dispersed points differ, have a density, and are the same for the same seed") {
  const HalfSpace target(2, 0.5);
  Evaluator evaluator(target);
  const Points points = dispersed_points(evaluator, {.count = 8, .seed = 3});
  CHECK(points.rows() == 8);
  CHECK(points.col(0).minCoeff() >= 0.5);
  CHECK(points.cwiseAbs().maxCoeff() > 1);
  for (Eigen::Index i = 1; i < points.rows(); ++i) CHECK(points.row(i) != points.row(i - 1));
  CHECK(points == dispersed_points(evaluator, {.count = 8, .seed = 3}));
  CHECK(points != dispersed_points(evaluator, {.count = 8, .seed = 4}));
}
