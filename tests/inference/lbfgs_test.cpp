#include "inference/lbfgs.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace vippl::inference;

namespace {

bool go_on(const LbfgsIteration&) { return true; }

double rosenbrock(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
  const double a = 1 - x[0];
  const double b = x[1] - x[0] * x[0];
  gradient[0] = -2 * a - 400 * x[0] * b;
  gradient[1] = 200 * b;
  return a * a + 100 * b * b;
}

}  // namespace

TEST_CASE("L-BFGS finds the minimum of Rosenbrock's valley") {
  Eigen::VectorXd x(2);
  x << -1.2, 1;
  const LbfgsResult result = minimise(rosenbrock, {.gradient_tolerance = 1e-8}, go_on, x);
  CHECK(result.stop == LbfgsStop::gradient);
  CHECK((x - Eigen::VectorXd::Ones(2)).norm() < 1e-7);
  CHECK(result.evaluations < 80);
}

TEST_CASE("L-BFGS solves a quadratic of condition number 1e4 in 50 dimensions") {
  const Eigen::Index d = 50;
  const Eigen::VectorXd curvature =
      Eigen::VectorXd::LinSpaced(d, 0, 4).unaryExpr([](double e) { return std::pow(10, e); });
  const Objective objective = [&](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient = curvature.cwiseProduct(x);
    return 0.5 * x.dot(gradient);
  };
  Eigen::VectorXd x = Eigen::VectorXd::Ones(d);
  LbfgsSettings settings;
  settings.max_iterations = 2000;
  settings.gradient_tolerance = 1e-5;
  const LbfgsResult result = minimise(objective, settings, go_on, x);
  CHECK(result.stop != LbfgsStop::iterations);
  CHECK(x.norm() < 1e-4);
}

TEST_CASE("L-BFGS backs away from where the objective is not finite") {
  // x - log x, defined for x > 0 only; the first step from 5 lands at a negative x or far off.
  const Objective barrier = [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    if (x[0] <= 0) {
      gradient.setZero();
      return std::numeric_limits<double>::infinity();
    }
    gradient[0] = 1000 * (1 - 1 / x[0]);
    return 1000 * (x[0] - std::log(x[0]));
  };
  for (const double start : {1e-3, 0.5, 5.0, 1e4}) {
    CAPTURE(start);
    Eigen::VectorXd x = Eigen::VectorXd::Constant(1, start);
    const LbfgsResult result = minimise(barrier, {}, go_on, x);
    CHECK(result.stop != LbfgsStop::not_finite);
    CHECK(x[0] == doctest::Approx(1).epsilon(1e-6));
  }
  const Objective nan_beyond = [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient[0] = x[0] > 2 ? std::nan("") : 2 * (x[0] - 1.9);
    return x[0] > 2 ? std::nan("") : (x[0] - 1.9) * (x[0] - 1.9);
  };
  Eigen::VectorXd x = Eigen::VectorXd::Constant(1, -40);
  minimise(nan_beyond, {}, go_on, x);
  CHECK(x[0] == doctest::Approx(1.9).epsilon(1e-6));
}

TEST_CASE("L-BFGS says so when the start is not finite") {
  const Objective nowhere = [](const Eigen::VectorXd&, Eigen::VectorXd& gradient) {
    gradient.setZero();
    return std::nan("");
  };
  Eigen::VectorXd x = Eigen::VectorXd::Zero(2);
  CHECK(minimise(nowhere, {}, go_on, x).stop == LbfgsStop::not_finite);
}

TEST_CASE("L-BFGS ends on an objective without a minimum") {
  const Objective slope = [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient[0] = -1;
    return -x[0];
  };
  Eigen::VectorXd x = Eigen::VectorXd::Zero(1);
  LbfgsSettings settings;
  settings.max_iterations = 20;
  const LbfgsResult result = minimise(slope, settings, go_on, x);
  CHECK((result.stop == LbfgsStop::iterations || result.stop == LbfgsStop::line_search));
  CHECK(x[0] > 1);
}

TEST_CASE("the watcher sees falling values and can stop the search, which keeps its point") {
  Eigen::VectorXd x(2);
  x << -1.2, 1;
  double last = std::numeric_limits<double>::infinity();
  const LbfgsWatcher watcher = [&](const LbfgsIteration& at) {
    CHECK(at.value < last);
    last = at.value;
    return at.iteration < 5;
  };
  const LbfgsResult result = minimise(rosenbrock, {}, watcher, x);
  CHECK(result.stop == LbfgsStop::interrupted);
  CHECK(result.iterations == 5);
  Eigen::VectorXd gradient(2);
  CHECK(rosenbrock(x, gradient) == last);
}

TEST_CASE("L-BFGS allocates nothing once it iterates") {
  Eigen::VectorXd x(2);
  x << -1.2, 1;
  const LbfgsWatcher watcher = [](const LbfgsIteration&) {
    Eigen::internal::set_is_malloc_allowed(false);
    return true;
  };
  const LbfgsResult result = minimise(rosenbrock, {}, watcher, x);
  Eigen::internal::set_is_malloc_allowed(true);
  CHECK(result.iterations > 10);
}
