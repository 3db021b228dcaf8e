#include <doctest/doctest.h>

#include <Eigen/LU>
#include <cmath>
#include <string>

#include "inference/algorithm.h"
#include "inference/fixed_noise_elbo.h"
#include "tests/support/precisions.h"
#include "tests/support/sanitizers.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Posterior fit(const Target& target, const std::string& guide,
              const std::string& algorithm = "saa") {
  Settings settings;
  settings.guide = guide;
  SilentProgress progress;
  return find_algorithm(algorithm)->run(target, settings, progress);
}

/// Groups y_j ~ normal(a_j, 0.5), a_j ~ normal(mu, 0.8), mu ~ normal(0, 10): all normal, so that
/// the posterior is known. Coordinate 0 is mu.
MatrixXd hierarchical_precision(Index groups) {
  MatrixXd precision = MatrixXd::Zero(groups + 1, groups + 1);
  precision(0, 0) = 1 / 100.0 + static_cast<double>(groups) / 0.64;
  for (Index j = 1; j <= groups; ++j) {
    precision(j, j) = 1 / 0.64 + 1 / 0.25;
    precision(0, j) = precision(j, 0) = -1 / 0.64;
  }
  return precision;
}

}  // namespace

TEST_CASE("sparse: arrows and bands are found exactly") {
  for (const MatrixXd& precision : {arrow_precision(3, 12, 2), band_precision(40, 2)}) {
    const Index d = precision.rows();
    const MatrixXd covariance = precision.inverse();
    const VectorXd mean = VectorXd::LinSpaced(d, -4, 9);
    const Posterior found = fit(NormalTarget(mean, covariance), "sparse");
    CHECK(found.converged);
    CHECK(found.guide->name() == "sparse");
    const VectorXd sds = covariance.diagonal().cwiseSqrt();
    CHECK((found.guide->mean() - mean).cwiseQuotient(sds).norm() < 1e-4);
    CHECK((found.guide->covariance() - covariance).norm() < 1e-4 * covariance.norm());
  }
}

TEST_CASE("sparse: where everything is joined it is the full-rank normal") {
  const MatrixXd covariance = equicorrelated(VectorXd{{0.1, 3, 20, 1}}, 0.6);
  const NormalTarget target(VectorXd{{2, -5, 30, 0}}, covariance);
  const Posterior sparse = fit(target, "sparse");
  const Posterior full = fit(target, "fullrank");
  CHECK((sparse.guide->covariance() - full.guide->covariance()).norm() < 1e-3 * covariance.norm());
  CHECK(sparse.elbo == doctest::Approx(full.elbo).epsilon(1e-4));
}

TEST_CASE("auto above 200 coordinates: a hierarchy of many groups has its exact posterior") {
  constexpr Index groups = vippl::test::under_sanitizers ? 210 : 500;
  const MatrixXd precision = hierarchical_precision(groups);
  const MatrixXd covariance = precision.inverse();
  const VectorXd mean = VectorXd::LinSpaced(groups + 1, -3, 3);
  const Posterior found = fit(NormalTarget(mean, covariance), "auto");
  CHECK(found.guide->name() == "sparse");
  CHECK(found.converged);
  const VectorXd variance = found.guide->variance();
  for (Index j = 0; j <= groups; ++j) {
    CHECK(std::fabs(found.guide->mean()[j] - mean[j]) < 1e-3 * std::sqrt(covariance(j, j)));
    CHECK(variance[j] == doctest::Approx(covariance(j, j)).epsilon(1e-3));
  }
  CHECK(found.linear_response_sd.size() == 0);
}

TEST_CASE("sparse: the gradient of the ELBO in the parameters of an arrow is that of differences") {
  const MatrixXd precision = arrow_precision(2, 3, 1);
  const NormalTarget target(VectorXd::Ones(5), precision.inverse());
  const Posterior found = fit(target, "sparse");
  const std::unique_ptr<Guide> guide = found.guide->clone();
  Evaluator evaluator(target);
  Points noise(6, 5);
  vippl::runtime::Rng rng(3, vippl::runtime::Purpose::test);
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
  FixedNoiseElbo elbo(evaluator, *guide, noise, nullptr);
  VectorXd at = guide->parameters();
  for (Index i = 0; i < at.size(); ++i) at[i] += 0.1 * rng.normal();
  VectorXd gradient(at.size()), unused(at.size());
  elbo.evaluate(at, gradient);
  for (Index i = 0; i < at.size(); ++i) {
    VectorXd above = at, below = at;
    above[i] += 1e-5;
    below[i] -= 1e-5;
    const double difference = (elbo.evaluate(above, unused) - elbo.evaluate(below, unused)) / 2e-5;
    CHECK(gradient[i] == doctest::Approx(difference).epsilon(1e-6));
  }
}

TEST_CASE("sparse: the member of the family stays through a start and its shrinking") {
  const MatrixXd precision = arrow_precision(2, 6, 2);
  const NormalTarget target(VectorXd::Ones(14), precision.inverse());
  const Posterior found = fit(target, "sparse");
  const std::unique_ptr<Guide> copy = make_guide("sparse", 14);
  copy->start_at(found.guide->as_start(), 1);
  CHECK(symmetrised_kl(*copy, *found.guide) < 1e-10);
  copy->start_at(found.guide->as_start(), 0.5);
  CHECK((4 * copy->covariance() - found.guide->covariance()).norm() < 1e-9);
  CHECK((copy->variance() - copy->covariance().diagonal()).norm() < 1e-12);
}

TEST_CASE("sparse: no argument, and no algorithm but the one that looks for the zeros") {
  CHECK_THROWS_WITH_AS(make_guide("sparse:3", 4), "the guide `sparse` takes no argument, got `3`",
                       std::invalid_argument);
  const NormalTarget target(VectorXd::Ones(3), MatrixXd::Identity(3, 3));
  for (const std::string algorithm : {"adam", "laplace", "stan-advi", "pathfinder", "natural"})
    CHECK_THROWS_AS(fit(target, "sparse", algorithm), std::invalid_argument);
}
