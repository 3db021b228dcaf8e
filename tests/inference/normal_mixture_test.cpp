#include "inference/normal_mixture.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>

#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;
using vippl::runtime::Purpose;

namespace {

/// Two overlapping normals in two dimensions, with the densities of each.
struct Pair {
  NormalTarget first{Eigen::Vector2d(-1, 0.5), equicorrelated(Eigen::Vector2d(0.5, 2), 0.8)};
  NormalTarget second{Eigen::Vector2d(1.5, 1), equicorrelated(Eigen::Vector2d(1, 0.7), -0.3)};

  std::unique_ptr<Guide> mixture() const {
    return make_normal_mixture(mixed_equally({start_of(first), start_of(second)}));
  }
  double log_density(const Eigen::VectorXd& z) const {
    return std::log(0.5 * std::exp(first.at(z, {}, nullptr)) +
                    0.5 * std::exp(second.at(z, {}, nullptr)));
  }

 private:
  static Start start_of(const NormalTarget& normal) {
    return normal_start(normal.mean(), normal.precision().inverse().llt().matrixL());
  }
};

}  // namespace

TEST_CASE("a mixture's log density is that of its equally weighted normals, with its gradient") {
  const Pair pair;
  const std::unique_ptr<Guide> guide = pair.mixture();
  Points noise(20, 3), z(20, 2), gradients(20, 2);
  Rng rng(1, Purpose::test);
  guide->draw(rng, noise, z);
  LogDensities values(20), of_placed(20), alone(20);
  guide->log_density(z, values, gradients);
  guide->log_density(z, alone);
  guide->log_density_of_placed(noise, of_placed);
  for (Eigen::Index b = 0; b < 20; ++b) {
    const Eigen::VectorXd point = z.row(b);
    CHECK(values[b] == doctest::Approx(pair.log_density(point)));
    CHECK(alone[b] == values[b]);
    CHECK(of_placed[b] == values[b]);
    for (Eigen::Index j = 0; j < 2; ++j) {
      const Eigen::VectorXd step = 1e-6 * Eigen::VectorXd::Unit(2, j);
      const double difference =
          (pair.log_density(point + step) - pair.log_density(point - step)) / 2e-6;
      CHECK(gradients(b, j) == doctest::Approx(difference).epsilon(1e-6));
    }
  }
}

TEST_CASE("a mixture's draws have its mean and covariance, and its normal has them too") {
  const Pair pair;
  const std::unique_ptr<Guide> guide = pair.mixture();
  constexpr Eigen::Index count = 40000;
  Points noise(count, 3), z(count, 2);
  Rng rng(2, Purpose::test);
  guide->draw(rng, noise, z);
  const Eigen::VectorXd mean = z.colwise().mean();
  const Eigen::MatrixXd centred = z.rowwise() - mean.transpose();
  const Eigen::MatrixXd covariance = centred.transpose() * centred / count;
  CHECK((mean - guide->mean()).norm() < 0.03);
  CHECK((covariance - guide->covariance()).norm() < 0.1);
  CHECK(guide->variance() == guide->covariance().diagonal());
  const Start normal = guide->as_start();
  CHECK((normal.factor * normal.factor.transpose() - guide->covariance()).norm() < 1e-10);
  CHECK_FALSE(guide->is_normal());
  CHECK_FALSE(guide->entropy());
}

TEST_CASE("a mixture at a start is that normal") {
  const Pair pair;
  const std::unique_ptr<Guide> guide = pair.mixture();
  guide->start_at({Eigen::Vector2d(1, 2), {}, Eigen::Vector2d(3, 4)}, 0.5);
  CHECK(guide->mean() == Eigen::VectorXd(Eigen::Vector2d(1, 2)));
  CHECK((guide->variance() - Eigen::Vector2d(2.25, 4)).norm() < 1e-12);
}
