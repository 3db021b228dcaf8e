#include "inference/judge.h"

#include <doctest/doctest.h>

#include <Eigen/LU>
#include <chrono>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "inference/algorithm.h"
#include "inference/psis.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

/// Interrupts after so many reports.
class Watcher final : public Progress {
 public:
  explicit Watcher(int reports) : left_(reports) {}
  void begin(std::string_view, std::int64_t most) override { steps = most; }
  void report(const TracePoint& point) override {
    --left_;
    points.push_back(point);
  }
  bool interrupted() const override { return left_ <= 0; }
  std::int64_t steps = 0;
  std::vector<TracePoint> points;

 private:
  int left_;
};

/// A standard normal, as slow as with a million rows of data.
class Slow : public Target {
 public:
  Slow() : Target(2) {}
  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (gradient != nullptr) *gradient -= z;
    return -0.5 * z.squaredNorm() - log_two_pi;
  }
};

Posterior unjudged(std::unique_ptr<Guide> guide) {
  Posterior posterior;
  posterior.guide = std::move(guide);
  posterior.guide_request = "meanfield";
  posterior.converged = true;
  return posterior;
}

Posterior judged(const Target& target, std::unique_ptr<Guide> guide) {
  Posterior posterior;
  posterior.guide = std::move(guide);
  posterior.guide_request = "meanfield";
  posterior.seed = 3;
  Evaluator evaluator(target);
  SilentProgress progress;
  judge(evaluator, {}, progress, posterior);
  return posterior;
}

}  // namespace

TEST_CASE("a guide away from a normal target is judged by its exact ELBO, without noise") {
  const Eigen::MatrixXd covariance = equicorrelated(Eigen::VectorXd::Ones(3), 0.5);
  const NormalTarget target(Eigen::VectorXd::Constant(3, 0.2), covariance);
  const Posterior found = judged(target, make_guide("meanfield", 3));
  // -KL(normal(0, I) || target), in closed form.
  const double expected =
      -0.5 * (target.precision().trace() + target.mean().dot(target.precision() * target.mean()) -
              3 + std::log(covariance.determinant()));
  CHECK(found.elbo == doctest::Approx(expected).epsilon(1e-9));
  CHECK(found.elbo_se < 1e-9);
  CHECK(found.draws.rows() == 1000);
  CHECK(found.constrained == found.draws);
  CHECK(found.log_weights.array().exp().sum() == doctest::Approx(1));
}

TEST_CASE("a guide much wider than its target has bounded weights, a much narrower one not") {
  const NormalTarget target(Eigen::VectorXd::Zero(2), Eigen::MatrixXd::Identity(2, 2));
  std::unique_ptr<Guide> wide = make_guide("meanfield", 2);
  wide->start_at(identity_start(2), 2);
  std::unique_ptr<Guide> narrow = make_guide("meanfield", 2);
  narrow->start_at(identity_start(2), 0.5);
  CHECK(judged(target, std::move(wide)).khat < 0.2);
  CHECK(judged(target, std::move(narrow)).khat > 0.7);
}

TEST_CASE("draws for judging grow with the gradients spent and with how hard the fit was") {
  const NormalTarget target(Eigen::VectorXd::Zero(2), Eigen::MatrixXd::Identity(2, 2));
  CHECK(judging_draws(target, false, 1000000) == 4000);
  CHECK(judging_draws(target, true, 10) == 1000);
  CHECK(judging_draws(target, true, 1024) == 1024);   // an easy fit
  CHECK(judging_draws(target, true, 2048) == 6144);   // twice the least gradients
  CHECK(judging_draws(target, true, 3000) == 12000);  // at most four each
  CHECK(judging_draws(target, false, 1536) == 3072);
  // In more dimensions the same gradients are an easy fit.
  const NormalTarget large(Eigen::VectorXd::Zero(64), Eigen::MatrixXd::Identity(64, 64));
  CHECK(judging_draws(large, true, 2048) == 2048);
  CHECK(judging_draws(target, true, 1000000) == 20000);
  CHECK(judging_draws(LogGamma(5000, 1), false, 1000000) == 2000);
}

TEST_CASE("judging reports its progress, with the ELBO so far") {
  const NormalTarget target(Eigen::VectorXd::Zero(2), Eigen::MatrixXd::Identity(2, 2));
  Posterior posterior = unjudged(make_guide("meanfield", 2));
  posterior.seconds.optimise = 100;
  Watcher progress(1000000);
  Evaluator evaluator(target);
  judge(evaluator, {}, progress, posterior);
  CHECK(progress.steps == 1000);
  REQUIRE(progress.points.size() > 50);
  CHECK(progress.points.back().iteration == 1000);
  CHECK(progress.points.back().elbo == doctest::Approx(posterior.elbo));
  CHECK(progress.points.front().iteration < 100);
  CHECK(progress.points.front().seconds >= 100);
  CHECK(posterior.converged);
}

TEST_CASE("interrupted while judging, a slow model keeps fewer draws that agree with each other") {
  const Slow target;
  Posterior posterior = unjudged(make_guide("meanfield", 2));
  posterior.stop_sentence = "all went well";
  Watcher progress(2);
  Evaluator evaluator(target);
  judge(evaluator, {}, progress, posterior);
  const Eigen::Index count = posterior.draws.rows();
  CHECK(count >= 200);
  CHECK(count < 1000);
  CHECK(posterior.log_p.size() == count);
  CHECK(posterior.log_q.size() == count);
  CHECK(posterior.log_weights.size() == count);
  CHECK(posterior.constrained.rows() == count);
  CHECK(posterior.log_weights.array().exp().sum() == doctest::Approx(1));
  CHECK(posterior.log_p.allFinite());
  CHECK(std::isfinite(posterior.elbo));
  CHECK(std::isfinite(posterior.khat));
  CHECK(posterior.location_se.allFinite());
  CHECK(posterior.stop_reason == StopReason::interrupted);
  CHECK_FALSE(posterior.converged);
  CHECK(posterior.stop_sentence.find("interrupted while judging") == 0);
  CHECK(posterior.stop_sentence.find("all went well") != std::string::npos);
}

TEST_CASE("an interruption costs a fast model no draws, and the first reason to stop stays") {
  const NormalTarget target(Eigen::VectorXd::Zero(2), Eigen::MatrixXd::Identity(2, 2));
  Posterior posterior = unjudged(make_guide("meanfield", 2));
  posterior.stop_reason = StopReason::interrupted;
  posterior.stop_sentence = "interrupted in stage 1";
  Watcher progress(0);
  Evaluator evaluator(target);
  judge(evaluator, {}, progress, posterior);
  CHECK(posterior.draws.rows() == 1000);
  CHECK(posterior.location_se.maxCoeff() < 0.1);
  CHECK(posterior.stop_sentence == "interrupted in stage 1");
}

TEST_CASE("a fit that is interrupted while chains judge it says so, and is not trusted") {
  class InChains final : public Progress {
   public:
    void begin(std::string_view phase, std::int64_t) override { is_near_ = phase == "chains"; }
    void report(const TracePoint&) override {}
    bool interrupted() const override { return is_near_ && ++asked_ > 20; }

   private:
    bool is_near_ = false;
    mutable int asked_ = 0;
  };
  const Funnel target(10);
  InChains progress;
  const Posterior found = find_algorithm("saa")->run(target, {}, progress);
  CHECK(found.stop_reason == StopReason::interrupted);
  CHECK_FALSE(found.converged);
  CHECK(
      found.stop_sentence.starts_with("interrupted while short chains judged the guide; before: "));
  REQUIRE(found.short_chains);
  CHECK_FALSE(found.short_chains->has_settled);
  CHECK(found.constrained.allFinite());
}
