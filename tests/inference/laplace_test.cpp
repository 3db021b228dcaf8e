#include "inference/laplace.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>

#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

TEST_CASE("Laplace is exact for a normal target, from anywhere, whatever the scales") {
  Eigen::VectorXd sds(4);
  sds << 1e-5, 1, 30, 1e4;
  const Eigen::MatrixXd covariance = equicorrelated(sds, 0.7);
  Eigen::VectorXd mean(4);
  mean << 3, -2, 100, 1e4;
  const NormalTarget target(mean, covariance);
  Evaluator evaluator(target);
  const Eigen::VectorXd point = mean + 0.5 * sds;
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(4);
  target.at(point, {}, &gradient);
  const std::optional<Start> found = laplace(evaluator, point, gradient);
  REQUIRE(found);
  CHECK((found->location - mean).cwiseQuotient(sds).norm() < 1e-4);
  const Eigen::MatrixXd scaled = sds.cwiseInverse().asDiagonal() * found->factor;
  const Eigen::MatrixXd expected =
      sds.cwiseInverse().asDiagonal() * Eigen::MatrixXd(covariance.llt().matrixL());
  CHECK((scaled - expected).norm() < 1e-4);
  CHECK((found->scale - target.precision().diagonal().cwiseSqrt().cwiseInverse())
            .cwiseQuotient(sds)
            .norm() < 1e-4);
}

TEST_CASE("the difference Hessian is that of a curved target") {
  const LogGamma target(3, 5);
  Evaluator evaluator(target);
  Eigen::VectorXd point(3);
  point << -1, 0, 0.7;
  const std::optional<Eigen::MatrixXd> hessian = difference_hessian(evaluator, point);
  REQUIRE(hessian);
  const Eigen::VectorXd expected = -5 * point.array().exp();
  CHECK((*hessian - Eigen::MatrixXd(expected.asDiagonal())).norm() < 1e-5);
}

TEST_CASE("a saddle gets a finite normal with the size of its curvature") {
  class Saddle : public Target {
   public:
    using Target::Target;
    double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
      if (gradient != nullptr) {
        (*gradient)[0] -= 4 * z[0];
        (*gradient)[1] += z[1];
      }
      return -2 * z[0] * z[0] + 0.5 * z[1] * z[1];
    }
  };
  const Saddle target(2);
  Evaluator evaluator(target);
  const std::optional<Start> found =
      laplace(evaluator, Eigen::VectorXd::Zero(2), Eigen::VectorXd::Zero(2));
  REQUIRE(found);
  const Eigen::MatrixXd covariance = found->factor * found->factor.transpose();
  CHECK(covariance(0, 0) == doctest::Approx(0.25));
  CHECK(covariance(1, 1) == doctest::Approx(1));
  CHECK(found->factor(0, 1) == 0);
}

TEST_CASE("no Laplace approximation where a neighbouring gradient is not finite") {
  const HalfSpace target(2, 0);
  Evaluator evaluator(target);
  CHECK_FALSE(difference_hessian(evaluator, Eigen::VectorXd::Zero(2)));
  CHECK_FALSE(laplace(evaluator, Eigen::VectorXd::Zero(2), Eigen::VectorXd::Zero(2)));
}
