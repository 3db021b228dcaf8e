#include "inference/verdict.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "inference/algorithm.h"
#include "tests/support/sanitizers.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Eigen::Index;
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

/// The verdict on what was found once something of it is changed.
Verdict verdict_after(Judged& judged, const Target& target) {
  judged.summaries = summarise(judged.posterior, target);
  return verdict_of(judged.posterior, judged.summaries, target.quantities());
}

/// Four chains with these values of the one scalar.
ShortChains chains_with(const VectorXd& values, bool has_settled) {
  ShortChains chains;
  chains.chains = 4;
  chains.kept = values.size() / 4;
  chains.draws = values;
  chains.constrained = values;
  chains.has_settled = has_settled;
  if (!has_settled) chains.obstacle = "the mean of `z0` still changes";
  return chains;
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

TEST_CASE("weights that hang on few draws are not believed where chains go elsewhere") {
  const NormalTarget target(VectorXd::Zero(1), Eigen::MatrixXd::Identity(1, 1));
  Judged found = fit(target, "auto");
  found.posterior.khat = 0.6;
  found.posterior.weight_spread = 2;
  const VectorXd draws = found.posterior.constrained.col(0).head(1000);
  found.posterior.short_chains = chains_with(draws, false);
  CHECK(verdict_after(found, target).level == Level::usable_for_means);
  found.posterior.short_chains = chains_with(draws.array() + 0.3, false);
  const Verdict verdict = verdict_after(found, target);
  CHECK(verdict.level == Level::not_trustworthy);
  CHECK(verdict.reason.find("put the mean of `z0` 0.3") != std::string::npos);
  CHECK(verdict.reason.find("they did not settle: the mean of `z0` still") != std::string::npos);
}

TEST_CASE("tails that are too heavy cost the sd its trust, then the mean") {
  const NormalTarget target(VectorXd::Zero(1), Eigen::MatrixXd::Identity(1, 1));
  Judged found = fit(target, "auto");
  const auto verdict_with_tails = [&](double shape) {
    constexpr Index count = 4 * 5000;  // quantiles, the chains' means being alike
    VectorXd values(count);
    for (Index i = 0; i < count; ++i)
      values[i] = (std::pow(1 - (static_cast<double>(i) + 0.5) / count, -shape) - 1) / shape;
    found.posterior.short_chains = chains_with(values, true);
    return verdict_after(found, target);
  };
  CHECK(verdict_with_tails(0.1).level == Level::trustworthy);
  const Verdict heavy = verdict_with_tails(0.45);
  CHECK(heavy.level == Level::usable_for_means);
  CHECK(heavy.reason.find("its sd hangs on few draws") != std::string::npos);
  const Verdict hopeless = verdict_with_tails(0.8);
  CHECK(hopeless.level == Level::not_trustworthy);
  CHECK(hopeless.reason.find("its mean hangs on few draws") != std::string::npos);
}

TEST_CASE("what is not defined everywhere has no mean, and the verdict says so") {
  const NormalTarget target(VectorXd::Zero(1), Eigen::MatrixXd::Identity(1, 1));
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    Judged found = fit(target, "auto");
    found.posterior.constrained(3, 0) = bad;
    const Verdict verdict = verdict_after(found, target);
    CHECK(verdict.level == Level::not_trustworthy);
    CHECK(verdict.reason.find("`z0` has no mean") == 0);
    CHECK(verdict.next_step.find("`z0`") != std::string::npos);
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
