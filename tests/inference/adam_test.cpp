#include "inference/adam.h"

#include <doctest/doctest.h>

#include <cmath>

using vippl::inference::Adam;

TEST_CASE("Adam's first steps are those of the paper, worked by hand") {
  Adam adam(1, {.learning_rate = 0.1});
  Eigen::VectorXd x = Eigen::VectorXd::Zero(1);
  const Eigen::VectorXd two = Eigen::VectorXd::Constant(1, 2);
  const Eigen::VectorXd minus_one = Eigen::VectorXd::Constant(1, -1);
  // After one gradient both averages are it, so the step is the learning rate.
  CHECK(adam.ascend(two, x) == doctest::Approx(0.1 * 2 / (2 + 1e-8)).epsilon(1e-15));
  CHECK(x[0] == doctest::Approx(0.1));
  const double first = (0.9 * 0.1 * 2 + 0.1 * -1) / (1 - 0.81);
  const double second = (0.999 * 0.001 * 4 + 0.001 * 1) / (1 - 0.999 * 0.999);
  const double expected = x[0] + 0.1 * first / (std::sqrt(second) + 1e-8);
  adam.ascend(minus_one, x);
  CHECK(x[0] == doctest::Approx(expected).epsilon(1e-14));
}

TEST_CASE("Adam climbs a quadratic, and each step is about the learning rate at first") {
  Adam adam(2, {.learning_rate = 0.05});
  Eigen::VectorXd x = Eigen::VectorXd::Constant(2, 3);
  Eigen::VectorXd gradient(2);
  for (int i = 0; i < 2000; ++i) {
    gradient << -x[0], -100 * (x[1] - 1);
    const double length = adam.ascend(gradient, x);
    if (i == 0) CHECK(length == doctest::Approx(0.05 * std::sqrt(2.0)));
  }
  CHECK(std::fabs(x[0]) < 1e-3);
  CHECK(x[1] == doctest::Approx(1).epsilon(1e-3));
}
