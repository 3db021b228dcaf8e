#include "inference/natural_steps.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>

#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

Start dense_identity(Eigen::Index d) {
  return normal_start(VectorXd::Zero(d), MatrixXd::Identity(d, d));
}

}  // namespace

TEST_CASE("natural steps find a normal posterior from afar") {
  const MatrixXd covariance = equicorrelated(VectorXd{{0.1, 3, 20}}, 0.6);
  const VectorXd mean = VectorXd{{2, -5, 30}};
  const NormalTarget target(mean, covariance);
  Evaluator evaluator(target);
  const SilentProgress progress;
  const Start found = natural_steps(evaluator, dense_identity(3), 1, progress);
  CHECK((found.location - mean).cwiseQuotient(covariance.diagonal().cwiseSqrt()).norm() < 0.2);
  const MatrixXd ratio = covariance.llt().matrixL().solve(found.factor);
  CHECK((ratio * ratio.transpose() - MatrixXd::Identity(3, 3)).norm() < 0.2);
  CHECK(evaluator.gradient_evaluations() < 128 * 20);
}

TEST_CASE("natural steps never lower the ELBO") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Funnel target(6);
    Evaluator evaluator(target);
    const SilentProgress progress;
    const Start from = normal_start(VectorXd::Constant(6, 0.5), 0.3 * MatrixXd::Identity(6, 6));
    const Start found = natural_steps(evaluator, from, seed, progress);
    const auto elbo = [&](const Start& start) {
      const auto guide = make_guide("fullrank", 6);
      guide->start_at(start, 1);
      vippl::runtime::Rng rng(9, vippl::runtime::Purpose::test);
      Points noise(20000, 6), z(20000, 6);
      guide->draw(rng, noise, z);
      LogDensities log_p(20000), log_q(20000);
      evaluator.densities(z, log_p);
      guide->log_density_of_placed(noise, log_q);
      return (log_p - log_q).mean();
    };
    CHECK(elbo(found) > elbo(from));
  }
}

TEST_CASE("natural steps stay where a step has no finite density") {
  const HalfSpace target(2, 0.0);
  Evaluator evaluator(target);
  const SilentProgress progress;
  const Start from = dense_identity(2);
  const Start found = natural_steps(evaluator, from, 1, progress);
  CHECK(found.location == from.location);
  CHECK(found.factor == from.factor);
}
