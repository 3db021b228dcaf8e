#include <doctest/doctest.h>

#include <Eigen/LU>
#include <chrono>
#include <cmath>
#include <string>
#include <thread>

#include "inference/algorithm.h"
#include "tests/support/sanitizers.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

Posterior fit(const Target& target, const std::string& guide, std::uint64_t seed = 1) {
  Settings settings;
  settings.guide = guide;
  settings.seed = seed;
  SilentProgress progress;
  return find_algorithm("saa")->run(target, settings, progress);
}

/// Two normals of one sd, at -1 and 1; the one at -1 has exp(log_weight) times the mass of the
/// other, which has mass 1.
class TwoModes : public Target {
 public:
  TwoModes(double log_weight, double sd) : Target(2), log_weight_(log_weight), sd_(sd) {}
  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    const double side = z[0] > 0 ? 1 : -1;
    const double u = (z[0] - side) / sd_;
    if (gradient != nullptr) {
      (*gradient)[0] -= u / sd_;
      (*gradient)[1] -= z[1];
    }
    return -0.5 * (u * u + z[1] * z[1]) - log_two_pi - std::log(sd_) + (side < 0 ? log_weight_ : 0);
  }

 private:
  double log_weight_;
  double sd_;
};

/// Interrupts after so many reports.
class Impatient final : public Progress {
 public:
  explicit Impatient(int reports) : left_(reports) {}
  void begin(std::string_view phase, std::int64_t) override { phases.emplace_back(phase); }
  void report(const TracePoint&) override { --left_; }
  bool interrupted() const override { return left_ <= 0; }
  std::vector<std::string> phases;

 private:
  int left_;
};

}  // namespace

TEST_CASE("full rank finds a normal posterior exactly, for every seed") {
  const Regression target = made_up_regression(60, 13, 0.1);
  const Eigen::MatrixXd covariance = target.posterior_precision().inverse();
  const Eigen::VectorXd sds = covariance.diagonal().cwiseSqrt();
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    const Posterior found = fit(target, "fullrank", seed);
    CHECK(found.converged);
    CHECK((found.guide->mean() - target.posterior_mean()).cwiseQuotient(sds).cwiseAbs().maxCoeff() <
          1e-4);
    CHECK((found.guide->variance().cwiseSqrt().cwiseQuotient(sds).array() - 1).abs().maxCoeff() <
          1e-4);
    CHECK(found.khat < 0.5);
    CHECK(found.elbo_se < 1e-3);
    CHECK(found.location_se.cwiseQuotient(sds).maxCoeff() < 1e-4);
    CHECK(found.non_finite_draws == 0);
  }
}

TEST_CASE("mean field finds the exact mean-field optimum and its ELBO") {
  const Regression target = made_up_regression(60, 13, 0.1);
  const Eigen::MatrixXd precision = target.posterior_precision();
  const Eigen::VectorXd mean = target.posterior_mean();
  const Eigen::VectorXd expected_sds = precision.diagonal().cwiseSqrt().cwiseInverse();
  // The optimum in closed form: E log p is that at the mean less d / 2, since S diag(precision) S =
  // I.
  const double expected_elbo =
      target.at(mean, {}, nullptr) + 6.5 * log_two_pi + expected_sds.array().log().sum();
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    const Posterior found = fit(target, "meanfield", seed);
    CHECK(found.converged);
    CHECK((found.guide->mean() - mean).cwiseQuotient(expected_sds).cwiseAbs().maxCoeff() < 1e-3);
    CHECK((found.guide->variance().cwiseSqrt().cwiseQuotient(expected_sds).array() - 1)
              .abs()
              .maxCoeff() < 1e-4);
    CHECK(std::fabs(found.elbo - expected_elbo) < 1e-3);
    CHECK(found.elbo_se < 1e-3);
  }
}

TEST_CASE("scales far from 1 and from each other do not matter") {
  Eigen::VectorXd sds(5), mean(5);
  sds << 1e-4, 1e-2, 1, 100, 1e4;
  mean << 1, -1, 0, 1000, -3e4;
  const NormalTarget target(mean, equicorrelated(sds, 0.9));
  const Posterior found = fit(target, "fullrank");
  CHECK((found.guide->mean() - mean).cwiseQuotient(sds).cwiseAbs().maxCoeff() < 1e-3);
  CHECK((found.guide->variance().cwiseSqrt().cwiseQuotient(sds).array() - 1).abs().maxCoeff() <
        1e-3);
  CHECK(found.elbo == doctest::Approx(0).epsilon(1e-3));
}

TEST_CASE("on a skewed target the best normal is found, with the error that is stated") {
  // For a z - a e^z the best normal has variance 1 / a and mean -1 / (2 a).
  const LogGamma target(3, 4);
  for (const std::string guide : {"meanfield", "fullrank"}) {
    CAPTURE(guide);
    const Posterior found = fit(target, guide);
    CHECK(found.converged);
    CHECK((found.guide->mean().array() + 0.125).abs().maxCoeff() <
          4 * found.location_se.maxCoeff() + 1e-6);
    CHECK(found.location_se.maxCoeff() < 0.02);
    CHECK((found.guide->variance().array() - 0.25).abs().maxCoeff() < 0.02);
    const double expected = 3 * (4 * (-0.125 - 1) + 4 * std::log(4.0) - std::lgamma(4) +
                                 0.5 * (1 + log_two_pi) + std::log(0.5));
    CHECK(std::fabs(found.elbo - expected) < 4 * found.elbo_se + 1e-3);
    CHECK(found.elbo_se < 0.02);
  }
}

TEST_CASE("the same seed gives the same bytes, another seed others") {
  const LogGamma target(3, 2);
  for (const std::string guide : {"auto", "meanfield"}) {
    const Posterior a = fit(target, guide, 7);
    const Posterior b = fit(target, guide, 7);
    const Posterior c = fit(target, guide, 8);
    CHECK(a.guide->parameters() == b.guide->parameters());
    CHECK(a.draws == b.draws);
    CHECK(a.log_weights == b.log_weights);
    CHECK(a.khat == b.khat);
    CHECK(a.elbo == b.elbo);
    CHECK(a.elbo != c.elbo);
  }
}

TEST_CASE("a funnel is fitted without failing, and k-hat says that a normal is not enough") {
  const Funnel target(10);
  const Posterior found = fit(target, "auto");
  CHECK(std::isfinite(found.elbo));
  CHECK(found.khat > 0.7);
}

TEST_CASE("an interrupted fit keeps what it has") {
  const Funnel target(10);
  for (const int reports : {0, 3}) {
    CAPTURE(reports);
    Impatient progress(reports);
    const Posterior found = find_algorithm("saa")->run(target, {}, progress);
    CHECK(found.stop_reason == StopReason::interrupted);
    CHECK_FALSE(found.converged);
    CHECK(found.draws.rows() > 0);
    CHECK(found.constrained.allFinite());
    CHECK(progress.phases == std::vector<std::string>{"start", "optimise", "judge"});
  }
}

TEST_CASE("an interruption is heard within a step of a slow model") {
  /// Each density takes a millisecond; interrupts when asked for the `patience`th time.
  class Slow : public Target {
   public:
    Slow() : Target(2) {}
    double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      ++points;
      if (gradient != nullptr) *gradient -= z;
      return -0.5 * z.squaredNorm() - log_two_pi;
    }
    mutable int points = 0;
  };
  class Asked final : public Progress {
   public:
    Asked(const Slow& target, int points) : target_(target), points_(points) {}
    void begin(std::string_view, std::int64_t) override {}
    void report(const TracePoint&) override {}
    bool interrupted() const override { return target_.points >= points_; }

   private:
    const Slow& target_;
    int points_;
  };
  const Slow target;
  Settings settings;
  settings.options["draws"] = 2000;
  Asked progress(target, 500);  // amid the first evaluation of 2000 draws
  const Posterior found = find_algorithm("saa")->run(target, settings, progress);
  CHECK(found.stop_reason == StopReason::interrupted);
  CHECK(found.khat < 0.7);
  CHECK(target.points < 1200);
}

TEST_CASE("two modes of equal weight are rivals, a mode of little weight is not") {
  struct Case {
    double log_weight;  // of the mode at -1 against that at 1
    bool agree;
  };
  for (const auto& [log_weight, agree] : {Case{0, false}, Case{-1.5, false}, Case{-8, true}}) {
    CAPTURE(log_weight);
    const TwoModes target(log_weight, 0.1);
    for (const std::string guide : {"auto", "meanfield"}) {
      Settings settings;
      settings.guide = guide;
      settings.options["starts"] = 8;
      SilentProgress progress;
      const Posterior found = find_algorithm("saa")->run(target, settings, progress);
      CHECK(found.converged);
      CHECK(found.khat < 0.7);
      CHECK(found.starts_agree() == agree);
      REQUIRE(found.start_ends.size() == 2);
      CHECK(found.start_ends[0].location[0] == doctest::Approx(1).epsilon(1e-3));
      CHECK(found.start_ends[1].location[0] == doctest::Approx(-1).epsilon(1e-3));
      CHECK(found.start_ends[0].starts + found.start_ends[1].starts == 8);
      CHECK(found.start_ends[1].elbo == doctest::Approx(log_weight).epsilon(0.01));
    }
  }
}

TEST_CASE("starts that end in the spike of a funnel, or in one mode, are no rivals") {
  const Posterior funnel = fit(Funnel(10), "auto");
  CHECK(funnel.starts_agree());
  const Posterior regression = fit(made_up_regression(60, 5, 0.1), "auto");
  CHECK(regression.starts_agree());
  REQUIRE(regression.start_ends.size() == 1);
  CHECK(regression.start_ends[0].starts == 16);
}

TEST_CASE("the trace rises within a stage, and counts add up") {
  const LogGamma target(3, 2);
  const Posterior found = fit(target, "fullrank");
  REQUIRE(found.trace.size() > 2);
  for (std::size_t i = 1; i < found.trace.size(); ++i) {
    CHECK(found.trace[i].seconds >= found.trace[i - 1].seconds);
    if (found.trace[i].step > 0) CHECK(found.trace[i].elbo >= found.trace[i - 1].elbo);
  }
  CHECK(found.gradient_evaluations > 256);
  CHECK(found.density_evaluations >= 1000);
  CHECK(found.stop_sentence.find("agree") != std::string::npos);
}

TEST_CASE("a mean field in 500 dimensions is fitted in blocks") {
  if (vippl::test::under_sanitizers) return;  // its short chains take long
  const LogGamma target(500, 300);
  Settings settings;
  settings.guide = "meanfield";
  settings.options["stages"] = 2;
  settings.options["starts"] = 2;
  SilentProgress progress;
  const Posterior found = find_algorithm("saa")->run(target, settings, progress);
  CHECK(found.converged);
  CHECK((found.guide->mean().array() + 1.0 / 600).abs().maxCoeff() < 0.006);  // a tenth of an sd
}

TEST_CASE("a single stage cannot show that it has converged") {
  const LogGamma target(2, 4);
  Settings settings;
  settings.options["stages"] = 1;
  SilentProgress progress;
  const Posterior found = find_algorithm("saa")->run(target, settings, progress);
  CHECK(found.stop_reason == StopReason::stage_limit);
  CHECK_FALSE(found.converged);
  CHECK(found.stop_sentence == "one stage with 128 draws, and no other to compare it with");
}

TEST_CASE("a posterior cut off by a wall is refused with a diagnosis") {
  const HalfSpace target(2, 0);
  CHECK_THROWS_AS(fit(target, "fullrank"), FitError);
}
