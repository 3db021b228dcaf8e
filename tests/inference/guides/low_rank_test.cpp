#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <string>

#include "inference/algorithm.h"
#include "inference/fixed_noise_elbo.h"
#include "inference/lbfgs.h"
#include "inference/matched_draws.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

Posterior fit(const Target& target, const std::string& guide) {
  Settings settings;
  settings.guide = guide;
  SilentProgress progress;
  return find_algorithm("saa")->run(target, settings, progress);
}

/// diag(sds)^2 and two common directions.
Eigen::MatrixXd two_directions(Eigen::Index d) {
  const Eigen::VectorXd sds = Eigen::VectorXd::LinSpaced(d, 0.5, 5);
  Eigen::MatrixXd loadings(d, 2);
  loadings.col(0) = 3 * sds;
  loadings.col(1) = 2 * sds.reverse();
  for (Eigen::Index j = 0; j < d; j += 2) loadings(j, 1) *= -1;
  Eigen::MatrixXd covariance = loadings * loadings.transpose();
  covariance.diagonal() += sds.cwiseAbs2();
  return covariance;
}

/// KL(guide || target) in nats, after a fit.
double fitted_kl(const std::string& guide, const Eigen::MatrixXd& covariance) {
  const Eigen::VectorXd mean = Eigen::VectorXd::LinSpaced(covariance.rows(), -4, 9);
  const Posterior found = fit(NormalTarget(mean, covariance), guide);
  CHECK(found.converged);
  return -found.elbo;  // the target is normalised
}

}  // namespace

TEST_CASE("a low-rank guide holds a normal with as many common directions exactly") {
  CHECK(std::fabs(fitted_kl("lowrank:2", two_directions(12))) < 1e-4);
  CHECK(std::fabs(fitted_kl("lowrank:4", two_directions(12))) < 1e-4);
}

TEST_CASE("each further direction raises the ELBO, from mean field to full rank") {
  const Eigen::VectorXd sds = Eigen::VectorXd::LinSpaced(8, 1, 4);
  Eigen::MatrixXd covariance(8, 8);  // an autoregression: all of its eigenvalues differ
  for (Eigen::Index i = 0; i < 8; ++i)
    for (Eigen::Index j = 0; j < 8; ++j)
      covariance(i, j) = sds[i] * sds[j] * std::pow(0.9, std::fabs(static_cast<double>(i - j)));
  double before = fitted_kl("meanfield", covariance);
  for (const std::string guide : {"lowrank:1", "lowrank:2", "lowrank:3"}) {
    CAPTURE(guide);
    const double kl = fitted_kl(guide, covariance);
    CHECK(kl < before - 0.05);
    before = kl;
  }
  CHECK(before > fitted_kl("fullrank", covariance));
}

TEST_CASE("common directions are found from a start that knows the scales only") {
  constexpr Eigen::Index d = 12;
  const NormalTarget target(Eigen::VectorXd::Zero(d), two_directions(d));
  const std::unique_ptr<Guide> guide = make_guide("lowrank:2", d);
  guide->start_at(
      {Eigen::VectorXd::Zero(d), {}, target.precision().diagonal().cwiseSqrt().cwiseInverse()}, 1);
  Points noise(128, guide->noise_dimension());
  Rng rng(1, vippl::runtime::Purpose::test);
  fill_matched(rng, noise.cols(), noise);
  Evaluator evaluator(target);
  FixedNoiseElbo elbo(evaluator, *guide, noise);
  const Objective objective = [&](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    const double value = elbo.evaluate(x, gradient);
    gradient *= -1;
    return -value;
  };
  Eigen::VectorXd parameters = guide->parameters();
  const LbfgsResult found = minimise(
      objective, {}, [](const LbfgsIteration&) { return true; }, parameters);
  CHECK(std::fabs(found.value) < 1e-6);  // minus the ELBO of a normalised target
}

TEST_CASE("a low-rank guide starts no lower than the mean field on a normal target") {
  const Eigen::MatrixXd covariance = equicorrelated(Eigen::VectorXd::LinSpaced(6, 1, 3), 0.8);
  const Eigen::MatrixXd precision = covariance.inverse();
  const Start start = normal_start(Eigen::VectorXd::Zero(6), covariance.llt().matrixL());
  // E log p up to a constant, plus the entropy.
  const auto elbo_at_start = [&](const std::string& name) {
    const std::unique_ptr<Guide> guide = make_guide(name, 6);
    guide->start_at(start, 1);
    return -0.5 * precision.cwiseProduct(guide->covariance()).sum() + guide->entropy().value();
  };
  CHECK(elbo_at_start("lowrank:1") > elbo_at_start("meanfield") + 0.5);
  CHECK(elbo_at_start("fullrank") > elbo_at_start("lowrank:1"));
}

TEST_CASE("the symmetrised KL of low-rank guides is that of their full-rank equals") {
  std::unique_ptr<Guide> low[2], full[2];
  for (int i = 0; i < 2; ++i) {
    low[i] = make_guide("lowrank:2", 6);
    const Eigen::VectorXd sds = Eigen::VectorXd::LinSpaced(6, 0.3, 2 + i);
    low[i]->start_at(normal_start(Eigen::VectorXd::Constant(6, i * 0.7),
                                  equicorrelated(sds, 0.3 + 0.4 * i).llt().matrixL()),
                     0.8);
    full[i] = make_guide("fullrank", 6);
    full[i]->start_at(low[i]->as_start(), 1);
  }
  const double expected = symmetrised_kl(*full[0], *full[1]);
  CHECK(expected > 1);
  CHECK(symmetrised_kl(*low[0], *low[1]) == doctest::Approx(expected).epsilon(1e-10));
}
