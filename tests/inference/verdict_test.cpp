#include "inference/verdict.h"

#include <doctest/doctest.h>

#include <vector>

#include "inference/algorithm.h"
#include "tests/support/sanitizers.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Eigen::VectorXd;
using Level = Verdict::Level;

struct Judged {
  Posterior posterior;
  std::vector<ScalarSummary> summaries;
  Verdict verdict;
};

Judged fit(const Target& target, const std::string& guide, const Settings& more = {}) {
  Settings settings = more;
  settings.guide = guide;
  SilentProgress progress;
  Judged result{default_algorithm(false).run(target, settings, progress), {}, {}};
  result.summaries = summarise(result.posterior, target);
  result.verdict = verdict_of(result.posterior, result.summaries, target.quantities());
  return result;
}

/// Normals at -4 and 4, of equal weight in the first coordinate; a standard normal in the others.
class TwoModes : public Target {
 public:
  using Target::Target;
  double at(const VectorXd& z, const Rows&, VectorXd* gradient) const override {
    const double pull = std::tanh(4 * z[0]);
    if (gradient != nullptr) {
      *gradient -= z;
      (*gradient)[0] += 4 * pull;
    }
    return -0.5 * z.squaredNorm() - 8 + std::log(std::cosh(4 * z[0]));
  }
};

/// Cauchy coordinates.
class Cauchy : public Target {
 public:
  using Target::Target;
  double at(const VectorXd& z, const Rows&, VectorXd* gradient) const override {
    if (gradient != nullptr) *gradient -= (2 * z.array() / (1 + z.array().square())).matrix();
    return -z.array().square().log1p().sum();
  }
};

/// Flat in z1 - z0: no proper density.
class Ridge : public Target {
 public:
  Ridge() : Target(2) {}
  double at(const VectorXd& z, const Rows&, VectorXd* gradient) const override {
    if (gradient != nullptr) gradient->array() -= z.sum();
    return -0.5 * z.sum() * z.sum();
  }
};

}  // namespace

TEST_CASE("a normal posterior is trusted, in every scalar") {
  const NormalTarget target(VectorXd{{1, -2, 3}}, equicorrelated(VectorXd{{1, 2, 3}}, 0.7));
  const Judged found = fit(target, "auto");
  CHECK(found.verdict.level == Level::trustworthy);
  CHECK(found.verdict.word() == "trustworthy");
  CHECK(found.verdict.next_step.empty());
  for (const ScalarSummary& summary : found.summaries) CHECK(summary.trust == Trust::full);
}

TEST_CASE("a mean field of correlated latents is usable for means, and says which sd is off") {
  const NormalTarget target(VectorXd::Zero(3), equicorrelated(VectorXd::Ones(3), 0.7));
  const Judged found = fit(target, "meanfield");
  CHECK(found.verdict.level == Level::usable_for_means);
  CHECK(found.verdict.reason.find("the sd of `z") != std::string::npos);
  CHECK(found.verdict.next_step.find("fullrank") != std::string::npos);
  for (const ScalarSummary& summary : found.summaries) {
    CHECK(summary.trust == Trust::mean_only);
    CHECK(summary.estimate == Estimate::guide);  // asked for by name, reported as it is
  }
}

TEST_CASE("a mean field that fails for correlations alone is told of these, not of funnels") {
  const NormalTarget target(VectorXd::Zero(3), equicorrelated(VectorXd::Ones(3), 0.999999));
  Settings settings;  // chains that have time would put it right
  settings.gradient_seconds = 1e-3;
  settings.options["budget"] = 5;
  const Judged found = fit(target, "meanfield", settings);
  REQUIRE(found.posterior.correction() == Posterior::Correction::none);
  CHECK(found.verdict.level == Level::not_trustworthy);
  CHECK(found.verdict.reason.find("latents are correlated") != std::string::npos);
  CHECK(found.verdict.next_step.find("fullrank") != std::string::npos);
  CHECK(found.verdict.next_step.find("funnel") == std::string::npos);
}

TEST_CASE("a skewed posterior that weights cannot correct is corrected by chains") {
  const LogGamma target(60, 1);
  const Judged found = fit(target, "auto");
  REQUIRE(found.posterior.short_chains);
  CHECK(found.verdict.level == Level::trustworthy);
  // digamma(1) and sqrt(trigamma(1)).
  for (const ScalarSummary& summary : found.summaries) {
    CHECK(std::fabs(summary.reported.mean + 0.5772156649015329) < 0.15 * 1.2825498301618641);
    CHECK(summary.reported.sd == doctest::Approx(1.2825498301618641).epsilon(0.15));
  }
}

TEST_CASE("what a normal cannot follow is not trusted") {
  for (const std::string guide : {"auto", "fullrank", "meanfield"}) {
    if (vippl::test::under_sanitizers && guide != "meanfield") continue;  // chains take minutes
    CAPTURE(guide);
    const Judged funnel = fit(Funnel(10), guide);
    CHECK(funnel.verdict.level == Level::not_trustworthy);
    CHECK_FALSE(funnel.verdict.next_step.empty());
    const Judged cauchy = fit(Cauchy(2), guide);
    CAPTURE(cauchy.verdict.reason);
    CHECK(cauchy.verdict.level == Level::not_trustworthy);
    CHECK(fit(Ridge(), guide).verdict.level == Level::not_trustworthy);
  }
}

TEST_CASE("two modes are told of, and not trusted where the guide has one of them only") {
  const Judged one = fit(TwoModes(3), "fullrank");
  CHECK(one.verdict.level == Level::not_trustworthy);
  CHECK(one.verdict.reason.find("2 modes, and the guide describes one") != std::string::npos);
  const Judged both = fit(TwoModes(3), "auto");
  CHECK(both.verdict.level == Level::trustworthy);
  CHECK(both.verdict.reason.find("2 modes") != std::string::npos);
  CHECK(both.summaries[0].reported.sd == doctest::Approx(std::sqrt(17)).epsilon(0.02));
}

TEST_CASE("k-hat is worded as a matter of the guide") {
  Posterior posterior;
  posterior.draws = vippl::runtime::Points::Zero(1000, 1);
  posterior.weight_spread = 3;
  for (const double khat : {0.1, 0.6, 0.9}) {
    posterior.khat = khat;
    const std::string words = khat_words(posterior);
    CHECK(words.find("guide") != std::string::npos);
    CHECK(words.find("model") == std::string::npos);
  }
  posterior.weight_spread = 0.01;
  CHECK(khat_words(posterior).find("differ by 1 %") != std::string::npos);
}
