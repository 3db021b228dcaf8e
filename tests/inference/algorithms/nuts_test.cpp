#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "inference/algorithm.h"
#include "inference/chain_verdict.h"
#include "inference/summary.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Options = std::map<std::string, double, std::less<>>;

Posterior sample(const vippl::runtime::LogDensity& target, const Options& options = {},
                 std::uint64_t seed = 1) {
  Settings settings;
  settings.seed = seed;
  settings.options = options;
  SilentProgress progress;
  return find_algorithm("nuts")->run(target, settings, progress);
}

/// Means within 4 Monte Carlo standard errors; sds to what is 4 of theirs at the tail's ESS.
void check_moments(const Posterior& found, const Target& target, const Eigen::VectorXd& mean,
                   const Eigen::VectorXd& sd) {
  const std::vector<ScalarSummary> summaries = summarise(found, target);
  for (Eigen::Index j = 0; j < target.dimension(); ++j) {
    CAPTURE(j);
    const ScalarSummary& summary = summaries[static_cast<std::size_t>(j)];
    REQUIRE(summary.chains);
    CHECK(summary.estimate == Estimate::chains);
    CHECK(summary.trust == Trust::full);
    CHECK(summary.chains->rhat < rhat_limit);
    CHECK(std::fabs(summary.reported.mean - mean[j]) < 4 * summary.mcse);
    CHECK(summary.reported.sd / sd[j] == doctest::Approx(1).epsilon(0.1));
    CHECK(summary.mcse < 0.05 * sd[j]);
  }
}

/// Student's t with 5 degrees of freedom, coordinates independent.
class StudentT : public Target {
 public:
  using Target::Target;
  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    double sum = 0;
    for (Eigen::Index j = 0; j < z.size(); ++j) {
      sum -= 3 * std::log1p(z[j] * z[j] / 5);
      if (gradient != nullptr) (*gradient)[j] -= 6 * z[j] / (5 + z[j] * z[j]);
    }
    return sum;
  }
};

/// Independent normals; cheap in many dimensions.
class Independent : public Target {
 public:
  Independent(Eigen::VectorXd mean, Eigen::VectorXd sd)
      : Target(mean.size()), mean_(std::move(mean)), sd_(std::move(sd)) {}
  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    double sum = 0;
    for (Eigen::Index j = 0; j < z.size(); ++j) {
      const double e = (z[j] - mean_[j]) / sd_[j];
      sum -= 0.5 * e * e;
      if (gradient != nullptr) (*gradient)[j] -= e / sd_[j];
    }
    return sum;
  }

 private:
  Eigen::VectorXd mean_, sd_;
};

/// Two far normals of equal weight.
class TwoModes : public Target {
 public:
  using Target::Target;
  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    const double side = z[0] > 0 ? 1 : -1;
    if (gradient != nullptr) (*gradient)[0] -= 400 * (z[0] - side);
    return -200 * (z[0] - side) * (z[0] - side);
  }
};

/// Interrupts once it has been asked so often.
class Impatient final : public Progress {
 public:
  explicit Impatient(int patience) : patience_(patience) {}
  void begin(std::string_view, std::int64_t) override {}
  void report(const TracePoint&) override {}
  bool interrupted() const override { return ++asked_ > patience_; }

 private:
  int patience_;
  mutable int asked_ = 0;
};

Posterior interrupted_after(const Target& target, int gradients) {
  Settings settings;
  settings.options = {{"warmup", 100}};
  Impatient progress(gradients);
  return find_algorithm("nuts")->run(target, settings, progress);
}

}  // namespace

TEST_CASE("the chains of a correlated normal find its moments") {
  Eigen::VectorXd mean(3), sd(3);
  mean << 1, -20, 0.3;
  sd << 0.1, 5, 1;
  const NormalTarget target(mean, equicorrelated(sd, 0.8));
  const Posterior found = sample(target);
  check_moments(found, target, mean, sd);
  CHECK(found.converged);
  CHECK(found.stop_reason == StopReason::converged);
  REQUIRE(found.chains);
  CHECK(found.chains->count == 4);
  CHECK(found.chains->kept == 1000);
  CHECK(found.chains->transitions == 4000);
  CHECK(found.chains->divergences == 0);
  CHECK(found.chains->acceptance.minCoeff() > 0.75);
  CHECK(found.draws.rows() == 4000);
  CHECK(found.guide == nullptr);
  // What the draws are worth is known beforehand: the correlation too.
  const Eigen::VectorXd first = found.draws.col(0).array() - mean[0];
  const Eigen::VectorXd second = found.draws.col(1).array() - mean[1];
  CHECK(first.dot(second) / first.norm() / second.norm() == doctest::Approx(0.8).epsilon(0.03));
  LogDensities value(1);
  for (const Eigen::Index row : {0, 1999, 3999})
    CHECK(found.log_p[row] ==
          doctest::Approx(target.at(found.draws.row(row).transpose(), {}, nullptr)));
  CHECK(verdict_of_chains(found, target.quantities()).level == Verdict::Level::trustworthy);
}

TEST_CASE("scales over four orders of magnitude are learnt in the warmup") {
  const Eigen::Index d = 50;
  Eigen::VectorXd mean(d), sd(d);
  for (Eigen::Index j = 0; j < d; ++j) {
    sd[j] = std::pow(10.0, -2 + 4.0 * static_cast<double>(j) / static_cast<double>(d - 1));
    mean[j] = sd[j] * static_cast<double>(j % 3);
  }
  const Independent target(mean, sd);
  const Posterior found = sample(target, {{"warmup", 600}, {"samples", 500}});
  check_moments(found, target, mean, sd);
  // In the units learnt the target is a standard normal; in those it came in, steps of about the
  // smallest sd would be needed.
  CHECK(found.chains->step_sizes.minCoeff() > 0.3);
  CHECK(found.chains->cut_off == 0);
}

TEST_CASE("quantiles of Student's t have its heavy tails") {
  const StudentT target(2);
  const Posterior found = sample(target, {{"samples", 4000}});
  for (const ScalarSummary& summary : summarise(found, target)) {
    CHECK(summary.reported.q95 == doctest::Approx(2.015).epsilon(0.07));
    CHECK(summary.reported.q05 == doctest::Approx(-2.015).epsilon(0.07));
    CHECK(std::fabs(summary.reported.mean) < 4 * summary.mcse);
  }
}

TEST_CASE("the chains of a density with a bound stay inside it") {
  const HalfSpace target(2, 0.5);
  const Posterior found = sample(target, {{"warmup", 300}, {"samples", 500}});
  CHECK(found.draws.col(0).minCoeff() >= 0.5);
  // phi(0.5) / (1 - Phi(0.5)). The bound is no part of the gradient, so steps get lost there.
  CHECK(found.draws.col(0).mean() == doctest::Approx(1.1411).epsilon(0.1));
  CHECK(found.chains->divergences > 0);
}

TEST_CASE("a funnel shows by divergences, and the verdict does not trust it") {
  const Funnel target(10);
  const Posterior found = sample(target, {{"warmup", 500}, {"samples", 500}});
  CHECK(found.chains->divergences > 0);
  const Verdict verdict = verdict_of_chains(found, target.quantities());
  CHECK(verdict.level != Verdict::Level::trustworthy);
  CHECK_FALSE(verdict.next_step.empty());
  for (const ScalarSummary& summary : summarise(found, target)) CHECK(summary.trust != Trust::full);
}

TEST_CASE("chains in different modes do not agree") {
  const TwoModes target(1);
  const Posterior found = sample(target, {{"chains", 8}, {"warmup", 100}, {"samples", 100}});
  REQUIRE(found.draws.minCoeff() < 0);
  REQUIRE(found.draws.maxCoeff() > 0);
  CHECK_FALSE(found.converged);
  CHECK(found.stop_reason == StopReason::iteration_limit);
  const Verdict verdict = verdict_of_chains(found, target.quantities());
  CHECK(verdict.level == Verdict::Level::not_trustworthy);
  CHECK(verdict.reason.find("do not agree on `z0`: R-hat") != std::string::npos);
}

TEST_CASE("too few draws are told apart from chains that disagree") {
  const NormalTarget target(Eigen::VectorXd::Zero(1), Eigen::MatrixXd::Identity(1, 1));
  const Posterior found = sample(target, {{"warmup", 100}, {"samples", 40}}, 3);
  const Verdict verdict = verdict_of_chains(found, target.quantities());
  CHECK(verdict.level == Verdict::Level::not_trustworthy);
  CHECK_FALSE(found.converged);
  CHECK(verdict.next_step.find("--samples") != std::string::npos);
}

TEST_CASE("the same seed gives the same draws, another seed others") {
  const NormalTarget target(Eigen::VectorXd::Zero(3),
                            equicorrelated(Eigen::VectorXd::Ones(3), 0.5));
  const Options options = {{"warmup", 100}, {"samples", 50}};
  const Posterior once = sample(target, options, 5);
  const Posterior again = sample(target, options, 5);
  const Posterior other = sample(target, options, 6);
  CHECK(once.draws == again.draws);
  CHECK(once.log_p == again.log_p);
  CHECK(once.draws != other.draws);
  CHECK(once.gradient_evaluations == again.gradient_evaluations);
}

TEST_CASE("the chains of a run do not depend on how many others there are") {
  const NormalTarget target(Eigen::VectorXd::Zero(3),
                            equicorrelated(Eigen::VectorXd::Ones(3), 0.5));
  const Posterior two = sample(target, {{"chains", 2}, {"warmup", 60}, {"samples", 50}});
  const Posterior three = sample(target, {{"chains", 3}, {"warmup", 60}, {"samples", 50}});
  CHECK(two.draws == three.draws.topRows(100));
}

TEST_CASE("an interruption keeps as many draws of each chain as there are") {
  const NormalTarget target(Eigen::VectorXd::Zero(3),
                            equicorrelated(Eigen::VectorXd::Ones(3), 0.5));
  const Posterior found = interrupted_after(target, 3000);
  CHECK(found.stop_reason == StopReason::interrupted);
  CHECK_FALSE(found.converged);
  CHECK(found.chains->has_warmed_up);
  CHECK(found.chains->kept > 1);
  CHECK(found.chains->kept < 1000);
  CHECK(found.draws.rows() == 4 * found.chains->kept);
  CHECK(found.stop_sentence ==
        "interrupted with " + std::to_string(found.chains->kept) + " of 1000 draws of each chain");
  CHECK(summarise(found, target).size() == 3);
  const Verdict verdict = verdict_of_chains(found, target.quantities());
  CHECK(verdict.reason == "the chains were interrupted");
}

TEST_CASE("an interruption of the warmup shows where the chains were") {
  const NormalTarget target(Eigen::VectorXd::Zero(3),
                            equicorrelated(Eigen::VectorXd::Ones(3), 0.5));
  const Posterior found = interrupted_after(target, 100);
  CHECK(found.stop_reason == StopReason::interrupted);
  CHECK_FALSE(found.chains->has_warmed_up);
  CHECK(found.draws.rows() == 4);
  CHECK(found.draws.allFinite());
  CHECK(found.log_p.allFinite());
  for (const ScalarSummary& summary : summarise(found, target)) {
    CHECK(std::isfinite(summary.reported.mean));
    CHECK(summary.trust == Trust::none);
  }
}

TEST_CASE("trajectories that are cut off are reported") {
  Eigen::VectorXd sd(2);
  sd << 1, 1;
  const NormalTarget target(Eigen::VectorXd::Zero(2), equicorrelated(sd, 0.999));
  const Posterior found = sample(target, {{"warmup", 200}, {"samples", 100}, {"max-depth", 3}});
  CHECK(found.chains->cut_off > 100);
  REQUIRE_FALSE(found.notes.empty());
  CHECK(found.notes.back().find("cut off at depth 3") != std::string::npos);
}

TEST_CASE("a guide makes no sense for chains") {
  const StudentT target(1);
  Settings settings;
  settings.guide = "meanfield";
  SilentProgress progress;
  CHECK_THROWS_WITH_AS(
      find_algorithm("nuts")->run(target, settings, progress),
      "`--algorithm nuts` draws from the posterior itself: leave `--guide meanfield` out",
      std::invalid_argument);
}

TEST_CASE("chains that find no place to begin are a FitError") {
  const HalfSpace target(2, 1e9);
  CHECK_THROWS_AS(sample(target), FitError);
}
