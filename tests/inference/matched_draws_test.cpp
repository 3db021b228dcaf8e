#include "inference/matched_draws.h"

#include <doctest/doctest.h>

#include "lang/diagnostic.h"

using namespace vippl::inference;
using vippl::runtime::Points;
using vippl::runtime::Purpose;
using vippl::runtime::Rng;

TEST_CASE("matched draws come in antithetic pairs with sample covariance exactly I") {
  struct Case {
    Eigen::Index draws, dimension;
  };
  for (const Case c : {Case{128, 1}, Case{128, 13}, Case{26, 13}, Case{1600, 200}}) {
    CAPTURE(c.dimension);
    Points noise(c.draws, c.dimension);
    Rng rng(1, Purpose::noise);
    fill_matched(rng, c.dimension, noise);
    for (Eigen::Index i = 0; i < c.draws; i += 2) CHECK(noise.row(i) == -noise.row(i + 1));
    const Eigen::MatrixXd covariance = noise.transpose() * noise / static_cast<double>(c.draws);
    CHECK((covariance - Eigen::MatrixXd::Identity(c.dimension, c.dimension)).cwiseAbs().maxCoeff() <
          1e-12);
  }
}

TEST_CASE("in blocks, each block is matched and the blocks are independent") {
  Points noise(128, 50);
  Rng rng(1, Purpose::noise);
  fill_matched(rng, 20, noise);
  const Eigen::MatrixXd covariance = noise.transpose() * noise / 128;
  for (const Eigen::Index first : {0, 20}) {
    const Eigen::MatrixXd block = covariance.block(first, first, 20, 20);
    CHECK((block - Eigen::MatrixXd::Identity(20, 20)).cwiseAbs().maxCoeff() < 1e-12);
  }
  CHECK((covariance.block(40, 40, 10, 10) - Eigen::MatrixXd::Identity(10, 10)).norm() < 1e-12);
  CHECK(covariance.block(0, 20, 20, 20).cwiseAbs().maxCoeff() > 0.05);
}

TEST_CASE("each matched draw is still close to standard normal") {
  Points noise(4000, 3);
  Rng rng(1, Purpose::noise);
  fill_matched(rng, 3, noise);
  CHECK(noise.array().pow(4).mean() == doctest::Approx(3).epsilon(0.1));
}

TEST_CASE("too few draws to match are refused") {
  Points noise(10, 6);
  Rng rng(1, Purpose::noise);
  CHECK_THROWS_AS(fill_matched(rng, 6, noise), vippl::lang::InternalError);
  Points odd(11, 2);
  CHECK_THROWS_AS(fill_matched(rng, 2, odd), vippl::lang::InternalError);
}

TEST_CASE("the plan stays above the least number of draws and grows with the block only") {
  CHECK(plan_match(3, 200).draws == 128);
  CHECK(plan_match(100, 200).draws == 800);
  CHECK(plan_match(10000, 200).draws == 1600);
  CHECK(plan_match(10000, 200).block == 200);
}
