#include "inference/short_chains.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>

#include "inference/algorithm.h"
#include "tests/support/sanitizers.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Eigen::Index;
using Eigen::VectorXd;
using vippl::test::under_sanitizers;

ShortChains run(const Target& target, const Guide& guide, std::uint64_t seed = 1,
                std::int64_t most_gradients = 200'000) {
  Evaluator evaluator(target);
  SilentProgress progress;
  return run_short_chains(evaluator, guide, seed, {most_gradients, most_gradients}, progress);
}

std::unique_ptr<Guide> placed(std::string_view family, const Start& start) {
  std::unique_ptr<Guide> guide = make_guide(family, start.location.size());
  guide->start_at(start, 1);
  return guide;
}

/// Strongly correlated, and a guide of the conditional sds: in one direction it is too narrow
/// by 11.
struct Narrow {
  static constexpr Index d = 30;
  VectorXd sds = VectorXd::LinSpaced(d, 0.1, 10);
  Eigen::MatrixXd covariance = equicorrelated(sds, 0.8);
  NormalTarget target = {VectorXd::Zero(d), covariance};
  VectorXd conditional = covariance.inverse().diagonal().cwiseSqrt().cwiseInverse();
  std::unique_ptr<Guide> guide = placed("meanfield", {VectorXd::Zero(d), {}, conditional});
};

/// Settles after so many reads of interrupted().
class Impatient final : public Progress {
 public:
  void begin(std::string_view, std::int64_t) override {}
  void report(const TracePoint&) override {}
  bool interrupted() const override { return --left_ < 0; }

 private:
  mutable int left_ = 40;
};

}  // namespace

TEST_CASE("chains from a guide that is right stay where they are") {
  const VectorXd sds = VectorXd{{1, 0.01, 300, 1}};
  const Eigen::MatrixXd covariance = equicorrelated(sds, 0.6);
  const VectorXd mean = VectorXd{{0, 5, -1000, 2}};
  const NormalTarget target(mean, covariance);
  const auto guide = placed("fullrank", normal_start(mean, covariance.llt().matrixL()));
  const ShortChains chains = run(target, *guide);
  REQUIRE(chains.has_settled);
  CHECK(chains.acceptance > 0.75);
  CHECK(chains.constrained.rows() == chains.chains * chains.kept);
  for (Index j = 0; j < 4; ++j) {
    CAPTURE(j);
    const ChainMoments moments = chain_moments(chains.constrained.col(j), chains.chains);
    CHECK(std::fabs(moments.mean - mean[j]) < 1e-6 * sds[j]);  // antithetic pairs cancel
    CHECK(std::fabs(std::log(moments.sd / sds[j])) < 4 * moments.log_sd_se + 1e-9);
  }
}

TEST_CASE("chains from a guide that is wrong find what is right") {
  const VectorXd sds = VectorXd{{1, 2, 0.5}};
  const VectorXd mean = VectorXd{{0.3, -1, 4}};
  const NormalTarget target(mean, equicorrelated(sds, 0.8));
  // A mean field: half the sds, and off by half an sd.
  const VectorXd scale = 0.5 * sds;
  const auto guide = placed("meanfield", {mean + 0.5 * sds, {}, scale});
  const ShortChains chains = run(target, *guide);
  REQUIRE(chains.has_settled);
  for (Index j = 0; j < 3; ++j) {
    CAPTURE(j);
    const ChainMoments moments = chain_moments(chains.constrained.col(j), chains.chains);
    CHECK(moments.mean_se < 0.04 * sds[j]);
    CHECK(std::fabs(moments.mean - mean[j]) < 4.5 * moments.mean_se + 0.02 * sds[j]);
    CHECK(std::fabs(std::log(moments.sd / sds[j])) < 4.5 * moments.log_sd_se + 0.02);
  }
}

TEST_CASE("chains learn how wide the posterior is where the guide is much too narrow") {
  const Narrow narrow;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    const ShortChains chains = run(narrow.target, *narrow.guide, seed, 150'000);
    REQUIRE(chains.has_settled);
    for (Index j = 0; j < narrow.d; ++j) {
      CAPTURE(j);
      const double sd = narrow.sds[j];
      const ChainMoments moments = chain_moments(chains.constrained.col(j), chains.chains);
      CHECK(std::fabs(moments.mean) < 4.5 * moments.mean_se + 0.02 * sd);
      CHECK(std::fabs(std::log(moments.sd / sd)) < 4.5 * moments.log_sd_se + 0.02);
    }
  }
}

TEST_CASE("where many chains would be cut short, half of them go on for longer") {
  const Narrow narrow;
  bool has_halved = false;
  Index transitions = 0;
  for (std::int64_t most_gradients = 5'000; most_gradients < 80'000; most_gradients *= 2) {
    CAPTURE(most_gradients);
    const ShortChains chains = run(narrow.target, *narrow.guide, 1, most_gradients);
    CHECK(chains.transitions >= transitions);
    transitions = chains.transitions;
    CHECK(chains.constrained.rows() == chains.chains * chains.kept);
    CHECK((chains.chains == 256 || chains.chains == 128 || chains.chains == 64));
    has_halved = has_halved || chains.chains < 256;
  }
  CHECK(has_halved);
}

TEST_CASE("the energy of the chains varies as much as that of the posterior") {
  constexpr Index d = 60;
  const NormalTarget target(VectorXd::Zero(d), Eigen::MatrixXd::Identity(d, d));
  const auto guide = placed("fullrank", identity_start(d));
  const ShortChains chains = run(target, *guide, 1, 400'000);
  REQUIRE(chains.has_settled);
  // The squared norm of each state is chi-squared with d degrees of freedom.
  const VectorXd norms = chains.draws.rowwise().squaredNorm();
  const ChainMoments moments = chain_moments(norms, chains.chains);
  CHECK(moments.mean == doctest::Approx(60).epsilon(0.01));
  CHECK(moments.sd == doctest::Approx(std::sqrt(120.0)).epsilon(0.08));
}

TEST_CASE("in hundreds of dimensions too") {
  constexpr Index d = under_sanitizers ? 120 : 300;
  const LogGamma target(d, 20);
  const auto guide =
      placed("meanfield", {VectorXd::Zero(d), {}, VectorXd::Constant(d, 1 / std::sqrt(20.0))});
  const ShortChains chains = run(target, *guide);
  REQUIRE(chains.has_settled);
  // digamma(20) - log(20) and sqrt(trigamma(20)), SciPy 1.10.1.
  double worst = 0;
  for (Index j = 0; j < d; ++j) {
    const ChainMoments moments = chain_moments(chains.constrained.col(j), chains.chains);
    worst = std::max(worst, std::fabs(moments.mean + 0.02520828131184194) / 0.22643061395315592);
    CHECK(std::fabs(moments.sd / 0.22643061395315592 - 1) < 0.12);
  }
  CHECK(worst < 0.13);
}

TEST_CASE(
    "a heavy tail, whose sd is noisy in all earlier halves, settles once the last one is certain") {
  constexpr double sigma = 0.9;
  NormalTarget target(VectorXd::Zero(2), VectorXd{{sigma * sigma, 1}}.asDiagonal());
  target.set_map(0, {vippl::runtime::ScalarMap::Kind::exponential, 0, 0, 1});
  const double sd = std::sqrt(std::expm1(sigma * sigma)) * std::exp(sigma * sigma / 2);
  const auto guide = placed("meanfield", {VectorXd::Zero(2), {}, VectorXd{{sigma, 1}}});
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    CAPTURE(seed);
    const ShortChains chains = run(target, *guide, seed);
    CHECK(chains.has_settled);
    const ChainMoments moments = chain_moments(chains.constrained.col(0), chains.chains);
    CHECK(moments.log_sd_se < 0.05);
    CHECK(std::fabs(std::log(moments.sd / sd)) < 4 * moments.log_sd_se);
  }
}

TEST_CASE("a funnel does not settle") {
  const Funnel target(10);
  const auto guide = placed("fullrank", identity_start(10));
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    for (const std::int64_t most_gradients : {200'000, 1'200'000}) {
      const ShortChains chains = run(target, *guide, seed, most_gradients);
      CHECK_FALSE(chains.has_settled);
      CHECK_FALSE(chains.obstacle.empty());
      if (under_sanitizers) break;
    }
  }
}

TEST_CASE("chains that begin where there is no density are pulled in") {
  const HalfSpace target(2, -0.5);
  const auto guide = placed("fullrank", identity_start(2));
  const ShortChains chains = run(target, *guide);
  CHECK((chains.constrained.col(0).array() >= -0.5).all());
}

TEST_CASE("the same seed gives the same chains") {
  const LogGamma target(3, 5);
  const auto guide = placed("meanfield", identity_start(3));
  const ShortChains once = run(target, *guide, 5);
  const ShortChains again = run(target, *guide, 5);
  REQUIRE(once.constrained.size() == again.constrained.size());
  CHECK(once.constrained == again.constrained);
  CHECK(once.constrained(0, 0) != run(target, *guide, 6).constrained(0, 0));
}

TEST_CASE("an interruption leaves chains that have not settled") {
  const LogGamma target(3, 5);
  const auto guide = placed("meanfield", identity_start(3));
  Evaluator evaluator(target);
  Impatient progress;
  const ShortChains chains = run_short_chains(evaluator, *guide, 1, {200'000, 200'000}, progress);
  CHECK_FALSE(chains.has_settled);
  CHECK(chains.obstacle.find("interrupted") != std::string::npos);
}

TEST_CASE("moments of chains: memory is 1 where none moves, and little where all is forgotten") {
  VectorXd values(4 * 100);
  for (Index t = 0; t < 100; ++t)
    for (Index i = 0; i < 4; ++i) values[t * 4 + i] = i < 2 ? -1 : 1;
  const ChainMoments stuck = chain_moments(values, 4);
  CHECK(stuck.mean == 0);
  CHECK(stuck.sd == 1);
  CHECK(stuck.memory == doctest::Approx(1));
  CHECK(stuck.mean_se == doctest::Approx(1));  // two pairs, at -1 and 1

  for (Index t = 0; t < 100; ++t)
    for (Index i = 0; i < 4; ++i) values[t * 4 + i] = (t + i) % 2 == 0 ? -1 : 1;
  const ChainMoments free = chain_moments(values, 4);
  CHECK(free.memory == doctest::Approx(0));
  CHECK(free.mean_se == doctest::Approx(0));
}
