#include "inference/stochastic_elbo.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <set>

#include "inference/fixed_noise_elbo.h"
#include "inference/matched_draws.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using vippl::runtime::Purpose;
using namespace vippl::testing;

namespace {

struct GradientSample {
  Eigen::VectorXd mean;
  Eigen::VectorXd error;
  double elbo = 0;
};

GradientSample sample(StochasticElbo& elbo, const Eigen::VectorXd& parameters, int count) {
  Eigen::VectorXd gradient(parameters.size());
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(parameters.size());
  Eigen::VectorXd squares = sum;
  GradientSample result;
  for (int i = 0; i < count; ++i) {
    result.elbo += elbo.evaluate(parameters, gradient) / count;
    sum += gradient;
    squares += gradient.cwiseAbs2();
  }
  result.mean = sum / count;
  result.error = ((squares / count - result.mean.cwiseAbs2()) / count).cwiseMax(0).cwiseSqrt();
  return result;
}

/// The exact gradient for a normal target: that over matched draws.
Eigen::VectorXd exact_gradient(const Target& target, Guide& guide, double& elbo) {
  Evaluator evaluator(target);
  Points noise(128, guide.noise_dimension());
  Rng rng(1, Purpose::test);
  fill_matched(rng, guide.noise_dimension(), noise);
  FixedNoiseElbo fixed(evaluator, guide, noise);
  Eigen::VectorXd gradient(guide.parameter_count());
  elbo = fixed.evaluate(guide.parameters(), gradient);
  return gradient;
}

}  // namespace

TEST_CASE("gradients are unbiased: all rows or minibatches, either estimator, either family") {
  for (const Eigen::Index batch : {0, 7})
    for (const GradientEstimator estimator :
         {GradientEstimator::closed_entropy, GradientEstimator::sticking_the_landing})
      for (const GuideFamily* family : all_guides()) {
        CAPTURE(batch);
        CAPTURE(static_cast<int>(estimator));
        CAPTURE(family->name);
        const Regression target = made_up_regression(30, 3, 1.0, batch);
        const std::unique_ptr<Guide> guide = make_guide(family->name, 3);
        guide->start_at(identity_start(3), 0.3);
        double expected_elbo = 0;
        const Eigen::VectorXd expected = exact_gradient(target, *guide, expected_elbo);
        Evaluator evaluator(target);
        StochasticElbo elbo(evaluator, *guide, {2, estimator}, 5);
        const GradientSample found = sample(elbo, guide->parameters(), 4000);
        for (Eigen::Index i = 0; i < expected.size(); ++i)
          CHECK(std::fabs(found.mean[i] - expected[i]) < 5 * found.error[i] + 1e-9);
        CHECK(found.elbo == doctest::Approx(expected_elbo).epsilon(0.02));
      }
}

TEST_CASE("sticking the landing has no variance at a perfect fit") {
  const Eigen::MatrixXd covariance = equicorrelated(Eigen::VectorXd::LinSpaced(3, 1, 2), 0.5);
  const NormalTarget target(Eigen::VectorXd::Ones(3), covariance);
  const std::unique_ptr<Guide> guide = make_guide("fullrank", 3);
  guide->start_at(normal_start(Eigen::VectorXd::Ones(3), covariance.llt().matrixL()), 1);
  Evaluator evaluator(target);
  StochasticElbo elbo(evaluator, *guide, {1, GradientEstimator::sticking_the_landing}, 5);
  Eigen::VectorXd gradient(guide->parameter_count());
  CHECK(elbo.evaluate(guide->parameters(), gradient) == doctest::Approx(0));
  CHECK(gradient.norm() < 1e-12);
}

TEST_CASE("rows: no repeats in a batch, every row once an epoch, another order each time") {
  RowSampler sampler(12, 4, 9);
  std::vector<std::vector<std::int32_t>> epochs;
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::vector<std::int32_t> order;
    for (int i = 0; i < 3; ++i) {
      const auto indices = sampler.next().indices;
      order.insert(order.end(), indices.begin(), indices.end());
    }
    CHECK(std::set<std::int32_t>(order.begin(), order.end()).size() == 12);
    epochs.push_back(order);
  }
  CHECK(epochs[0] != epochs[1]);
  CHECK(epochs[1] != epochs[2]);
}

TEST_CASE("rows: with a batch that does not divide the plate all rows are seen equally often") {
  RowSampler sampler(10, 4, 9);
  std::vector<int> counts(10, 0);
  constexpr int batches = 5000;
  for (int i = 0; i < batches; ++i) {
    const auto indices = sampler.next().indices;
    CHECK(indices.size() == 4);
    for (const std::int32_t row : indices) ++counts[static_cast<std::size_t>(row)];
  }
  const double expected = batches * 4 / 10.0;
  for (const int count : counts) CHECK(std::fabs(count - expected) < 5 * std::sqrt(expected));
}

TEST_CASE("draws outside the support are left out and counted") {
  const HalfSpace target(2, 0);
  Evaluator evaluator(target);
  const std::unique_ptr<Guide> guide = make_guide("meanfield", 2);
  StochasticElbo elbo(evaluator, *guide, {10, GradientEstimator::closed_entropy}, 5);
  Eigen::VectorXd gradient(4);
  CHECK(std::isfinite(elbo.evaluate(guide->parameters(), gradient)));
  CHECK(gradient.allFinite());
  CHECK(elbo.non_finite_draws() > 0);
  CHECK(elbo.non_finite_draws() < 10);

  const HalfSpace impossible(2, 1e9);
  Evaluator nowhere(impossible);
  StochasticElbo none(nowhere, *guide, {3, GradientEstimator::closed_entropy}, 5);
  CHECK(none.evaluate(guide->parameters(), gradient) == minus_infinity);
  CHECK(gradient.isZero(0));
  CHECK(none.non_finite_draws() == 3);
}

TEST_CASE("a step allocates nothing") {
  const Regression target = made_up_regression(30, 3, 1.0, 7);
  for (const GradientEstimator estimator :
       {GradientEstimator::closed_entropy, GradientEstimator::sticking_the_landing})
    for (const GuideFamily* family : all_guides()) {
      // The sparse guide makes its factor anew: it is fitted by Newton steps, not by these.
      if (family->name == "sparse") continue;
      const std::unique_ptr<Guide> guide = make_guide(family->name, 3);
      Evaluator evaluator(target);
      StochasticElbo elbo(evaluator, *guide, {2, estimator}, 5);
      const Eigen::VectorXd parameters = guide->parameters();
      Eigen::VectorXd gradient(parameters.size());
      Eigen::internal::set_is_malloc_allowed(false);
      for (int i = 0; i < 10; ++i) elbo.evaluate(parameters, gradient);
      Eigen::internal::set_is_malloc_allowed(true);
      CHECK(gradient.allFinite());
    }
}

TEST_CASE("an anchor takes the noise of minibatches away, and no bias comes in its place") {
  const Regression target = made_up_regression(100, 3, 0.5, 7);
  Evaluator evaluator(target);
  const std::unique_ptr<Guide> guide = make_guide("meanfield", 3);
  guide->start_at(
      normal_start(target.posterior_mean(), target.posterior_precision().inverse().llt().matrixL()),
      1);
  double exact_elbo = 0;
  const Eigen::VectorXd exact = exact_gradient(target, *guide, exact_elbo);
  const StochasticElboSettings settings{4, GradientEstimator::sticking_the_landing,
                                        Noise::antithetic};
  StochasticElbo plain(evaluator, *guide, settings, 5);
  StochasticElbo anchored(evaluator, *guide, settings, 5);
  REQUIRE(anchored.anchor_at(guide->mean()));
  const Eigen::VectorXd parameters = guide->parameters();
  const GradientSample without = sample(plain, parameters, 4000);
  const GradientSample with = sample(anchored, parameters, 4000);
  for (Eigen::Index j = 0; j < exact.size(); ++j) {
    CAPTURE(j);
    CHECK(std::fabs(without.mean[j] - exact[j]) < 5 * without.error[j]);
    CHECK(std::fabs(with.mean[j] - exact[j]) < 5 * with.error[j] + 1e-9);
  }
  CHECK(with.elbo == doctest::Approx(exact_elbo).epsilon(0.01));
  CHECK(with.error.head(3).norm() < 0.2 * without.error.head(3).norm());
}

TEST_CASE("antithetic draws leave no noise in the location of a guide of a normal") {
  const NormalTarget target(Eigen::Vector2d(1, -2), equicorrelated(Eigen::Vector2d(1, 3), 0.5));
  Evaluator evaluator(target);
  const std::unique_ptr<Guide> guide = make_guide("meanfield", 2);
  StochasticElbo elbo(evaluator, *guide, {6, GradientEstimator::closed_entropy, Noise::antithetic},
                      1);
  Eigen::VectorXd gradient(4);
  Eigen::VectorXd again(4);
  elbo.evaluate(guide->parameters(), gradient);
  elbo.evaluate(guide->parameters(), again);
  CHECK((gradient - again).head(2).norm() < 1e-12 * gradient.norm());
  CHECK((gradient - again).tail(2).norm() > 1e-3 * gradient.norm());
}

TEST_CASE("a point without a density is no anchor") {
  class Walled final : public Target {
   public:
    Walled() : Target(1) {}
    Eigen::Index row_count() const override { return 10; }
    Eigen::Index batch_size() const override { return 2; }
    double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
      if (z[0] < 0) return minus_infinity;
      if (gradient != nullptr) (*gradient)[0] -= z[0];
      return -0.5 * z[0] * z[0];
    }
  };
  const Walled target;
  Evaluator evaluator(target);
  const std::unique_ptr<Guide> guide = make_guide("meanfield", 1);
  StochasticElbo elbo(evaluator, *guide, {}, 1);
  CHECK_FALSE(elbo.anchor_at(Eigen::VectorXd::Constant(1, -1)));
  CHECK(elbo.anchor_at(Eigen::VectorXd::Constant(1, 1)));
}
