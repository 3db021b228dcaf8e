#include "inference/find_modes.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "inference/algorithm.h"
#include "inference/summary.h"
#include "inference/verdict.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Eigen::Index;
using Eigen::VectorXd;
using Level = Verdict::Level;

/// Two normals, coordinates independent, of known shares.
class TwoNormals : public Target {
 public:
  struct Part {
    double share;
    VectorXd mean;
    VectorXd sd;
  };
  TwoNormals(Part a, Part b) : Target(a.mean.size()), parts_{std::move(a), std::move(b)} {}

  double at(const VectorXd& z, const Rows&, VectorXd* gradient) const override {
    double logs[2];
    VectorXd pulls[2];
    for (int k = 0; k < 2; ++k) {
      const VectorXd u = (z - parts_[k].mean).cwiseQuotient(parts_[k].sd);
      logs[k] = std::log(parts_[k].share) - 0.5 * u.squaredNorm() -
                parts_[k].sd.array().log().sum() - 0.5 * static_cast<double>(z.size()) * log_two_pi;
      pulls[k] = u.cwiseQuotient(parts_[k].sd);
    }
    const double largest = std::max(logs[0], logs[1]);
    const double total =
        largest + std::log(std::exp(logs[0] - largest) + std::exp(logs[1] - largest));
    if (gradient != nullptr)
      for (int k = 0; k < 2; ++k) *gradient -= std::exp(logs[k] - total) * pulls[k];
    return total;
  }

  VectorXd mean() const {
    return parts_[0].share * parts_[0].mean + parts_[1].share * parts_[1].mean;
  }

 private:
  Part parts_[2];
};

/// In a coordinate beside these two nothing differs.
TwoNormals different_modes(Index dimension = 3) {
  VectorXd mean = VectorXd::Zero(dimension), other = mean, sd = VectorXd::Ones(dimension);
  mean.head(2) << -1, 0.5;
  other.head(2) << 1, 1.5;
  sd.head(2) << 0.1, 0.2;
  VectorXd other_sd = sd;
  other_sd.head(2) << 0.15, 0.1;
  return {{0.7, mean, sd}, {0.3, other, other_sd}};
}

TwoNormals exchanged_modes() {
  return {{0.5, VectorXd{{-1, 1.5, 0}}, VectorXd{{0.1, 0.2, 1}}},
          {0.5, VectorXd{{1.5, -1, 0}}, VectorXd{{0.2, 0.1, 1}}}};
}

struct Judged {
  Posterior posterior;
  std::vector<ScalarSummary> summaries;
  Verdict verdict;
};

Judged fit(const Target& target, const std::string& guide, std::uint64_t seed = 1) {
  Settings settings;
  settings.guide = guide;
  settings.seed = seed;
  SilentProgress progress;
  Judged result{find_algorithm("saa")->run(target, settings, progress), {}, {}};
  result.summaries = summarise(result.posterior, target);
  result.verdict = verdict_of(result.posterior, result.summaries, target.quantities());
  return result;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("modes that differ are named with their mass, and a mixture follows them all") {
  const TwoNormals target = different_modes();
  for (const std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    const Judged found = fit(target, "auto", seed);
    const Modes& modes = found.posterior.modes;
    REQUIRE(modes.found.size() == 2);
    CHECK(modes.is_weighed);
    CHECK_FALSE(modes.has_exchange());
    const Mode& large = modes.found[modes.found[0].share > 0.5 ? 0 : 1];
    CHECK(large.share == doctest::Approx(0.7).epsilon(0.02));
    CHECK(large.elbo == doctest::Approx(std::log(0.7)).epsilon(0.02));
    CHECK(large.mean[0] == doctest::Approx(-1).epsilon(0.02));
    CHECK(large.sd[1] == doctest::Approx(0.2).epsilon(0.1));
    CHECK(differs(modes.found, 0));
    CHECK_FALSE(differs(modes.found, 2));
    CHECK(found.posterior.guide->name() == "mixture");
    CHECK(modes.guide_holds_them);
    CHECK(found.verdict.level == Level::trustworthy);
    CHECK(has(found.verdict.reason, "2 modes"));
    const VectorXd mean = target.mean();
    for (Index i = 0; i < 3; ++i)
      CHECK(std::fabs(found.summaries[static_cast<std::size_t>(i)].reported.mean - mean[i]) < 0.05);
  }
}

TEST_CASE("modes that differ in the order of components only are told apart from others") {
  const Judged found = fit(exchanged_modes(), "auto");
  const Modes& modes = found.posterior.modes;
  REQUIRE(modes.found.size() == 2);
  CHECK(modes.are_all_exchanges());
  CHECK(found.posterior.guide->name() == "fullrank");  // of one order
  CHECK(found.verdict.level == Level::not_trustworthy);
  CHECK(has(found.verdict.reason, "which component is which (`z0`, `z1` change places)"));
  CHECK(has(found.verdict.next_step, "ordered"));
  CHECK(found.summaries[0].trust == Trust::none);
  CHECK(found.summaries[1].trust == Trust::none);
  CHECK(found.summaries[2].trust == Trust::full);
}

TEST_CASE("a guide that is asked for stays, and the mass of its mode is told") {
  for (const std::string guide : {"fullrank", "meanfield"}) {
    CAPTURE(guide);
    const Judged found = fit(different_modes(), guide);
    CHECK(found.posterior.guide->name() == guide);
    CHECK(found.posterior.modes.found.size() == 2);
    CHECK(found.verdict.level == Level::not_trustworthy);
    CHECK(has(found.verdict.reason, "has 2 modes, and the guide describes one of them, with"));
    CHECK(has(found.verdict.next_step, "`--guide`"));
    CHECK(found.summaries[0].trust == Trust::none);
  }
}

TEST_CASE("in more coordinates than k-hat can vouch for, modes are reported and not mixed") {
  const Judged found = fit(different_modes(60), "auto");
  CHECK(found.posterior.modes.found.size() == 2);
  CHECK(found.posterior.guide->name() == "fullrank");
  CHECK(found.verdict.level == Level::not_trustworthy);
  CHECK(has(found.verdict.next_step, "more informative prior"));
}

TEST_CASE("where there is one mode none are listed") {
  CHECK(fit(made_up_regression(60, 5, 0.1), "auto").posterior.modes.found.empty());
  CHECK(fit(Funnel(10), "auto").posterior.modes.found.empty());
}
