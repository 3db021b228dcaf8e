#include "inference/linear_response.h"

#include <doctest/doctest.h>

#include <cmath>

#include "inference/algorithm.h"
#include "inference/summary.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;
using vippl::runtime::Quantity;
using vippl::runtime::ScalarMap;
using Kind = ScalarMap::Kind;

namespace {

Posterior fit(const Target& target, const std::string& guide) {
  Settings settings;
  settings.guide = guide;
  SilentProgress progress;
  return find_algorithm("saa")->run(target, settings, progress);
}

/// The mean field with the highest ELBO on a normal target: that is its closed form.
std::unique_ptr<Guide> best_mean_field(const NormalTarget& target) {
  std::unique_ptr<Guide> guide = make_guide("meanfield", target.dimension());
  guide->start_at({target.mean(), {}, target.precision().diagonal().cwiseSqrt().cwiseInverse()}, 1);
  return guide;
}

LinearResponse respond(const Target& target, const Guide& guide,
                       const LinearResponseSettings& settings = {}) {
  Evaluator evaluator(target);
  const SilentProgress progress;
  return linear_response(evaluator, guide, 1, settings, progress);
}

}  // namespace

TEST_CASE("a mean field is too narrow at correlation 0.95, its linear response is exact") {
  constexpr Eigen::Index d = 5;
  const Eigen::VectorXd sds = Eigen::VectorXd::LinSpaced(d, 0.01, 30);
  const NormalTarget target(Eigen::VectorXd::LinSpaced(d, -3, 8), equicorrelated(sds, 0.95));
  const Posterior posterior = fit(target, "meanfield");
  const std::vector<ScalarSummary> found = summarise(posterior, target);
  for (Eigen::Index j = 0; j < d; ++j) {
    CAPTURE(j);
    const ScalarSummary& summary = found[static_cast<std::size_t>(j)];
    CHECK(summary.estimate == Estimate::guide);
    // The conditional sd, as a share of the marginal one: sqrt(0.05 * (1 + 4 * 0.95) / (1 + 3 *
    // 0.95)).
    CHECK(summary.reported.sd == doctest::Approx(0.24967 * sds[j]).epsilon(0.01));
    REQUIRE(summary.linear_response_sd);
    CHECK(*summary.linear_response_sd == doctest::Approx(sds[j]).epsilon(1e-4));
  }
}

TEST_CASE("only a guide without correlations that was asked for by name gets linear response") {
  const NormalTarget target(Eigen::VectorXd::Zero(2), equicorrelated(Eigen::VectorXd::Ones(2), 0));
  CHECK(fit(target, "meanfield").linear_response_sd.size() == 2);
  CHECK(fit(target, "fullrank").linear_response_sd.size() == 0);
  CHECK(fit(target, "auto").linear_response_sd.size() == 0);
  CHECK_FALSE(summarise(fit(target, "fullrank"), target)[0].linear_response_sd);
}

TEST_CASE("conjugate gradients and the whole Hessian give the same sds") {
  const Eigen::VectorXd sds = Eigen::VectorXd::LinSpaced(30, 0.5, 2);
  const NormalTarget target(Eigen::VectorXd::Zero(30), equicorrelated(sds, 0.7));
  const std::unique_ptr<Guide> guide = best_mean_field(target);
  const Eigen::VectorXd dense = respond(target, *guide).sd;
  const LinearResponse iterated = respond(target, *guide, {0, 1000000});
  CHECK(iterated.note.empty());
  CHECK((dense.cwiseQuotient(sds).array() - 1).abs().maxCoeff() < 1e-4);
  CHECK((iterated.sd.cwiseQuotient(sds).array() - 1).abs().maxCoeff() < 1e-3);
}

TEST_CASE("where the gradients do not last, what is left out is said") {
  const NormalTarget target(Eigen::VectorXd::Zero(30),
                            equicorrelated(Eigen::VectorXd::Ones(30), 0.7));
  const LinearResponse found = respond(target, *best_mean_field(target), {0, 10000});
  const auto count = static_cast<int>((found.sd.array() == found.sd.array()).count());
  CHECK(count > 0);
  CHECK(count < 30);
  CHECK(found.note == "linear-response sds of " + std::to_string(count) +
                          " of 30 values only, within 10000 gradients");
}

TEST_CASE("transformed scalars: linear response uses how their means answer to the guide") {
  // In one dimension the guide is the posterior, normal(m, s), and H is diag(1 / s^2, 2) in
  // (location, log sd): the variance is s^2 (E f')^2 + (s^2 E f'')^2 / 2.
  const double m = 0.3, s = 0.4;
  NormalTarget target(Eigen::VectorXd::Constant(4, m),
                      Eigen::MatrixXd(Eigen::VectorXd::Constant(4, s * s).asDiagonal()));
  target.set_map(0, {Kind::exponential, 0, 5, -2});
  target.set_map(1, {Kind::inverse_logit, 1, 1, 3});
  target.set_map(2, {Kind::other, 2, 0, 1});  // the square
  target.set_map(3, {Kind::identity, 3, 1, -7});
  const Eigen::VectorXd found = respond(target, *best_mean_field(target)).sd;
  const double slope = -2 * std::exp(m + s * s / 2);
  CHECK(found[0] == doctest::Approx(std::fabs(slope) * s * std::sqrt(1 + s * s / 2)).epsilon(1e-5));
  // E f' and E f'' of the logistic f under normal(0.3, 0.4), by scipy.integrate.quad of f (1 - f)
  // and f (1 - f) (1 - 2 f).
  const double logistic_slope = 0.23592856362345593, logistic_curvature = -0.03154101675130655;
  CHECK(found[1] == doctest::Approx(3 * s *
                                    std::sqrt(logistic_slope * logistic_slope +
                                              0.5 * std::pow(s * logistic_curvature, 2)))
                        .epsilon(1e-5));
  CHECK(found[2] ==
        doctest::Approx(std::sqrt(4 * m * m * s * s + 2 * s * s * s * s)).epsilon(1e-3));
  CHECK(found[3] == doctest::Approx(7 * s).epsilon(1e-5));
}

TEST_CASE("what is generated and what is a whole number has no linear response") {
  /// The first scalar is reported as generated, the second as a yes or no.
  class Reported final : public NormalTarget {
   public:
    using NormalTarget::NormalTarget;
    std::span<const Quantity> quantities() const override {
      list_.assign(NormalTarget::quantities().begin(), NormalTarget::quantities().end());
      list_[0].kind = Quantity::Kind::generated;
      list_[1].maps[0].kind = Kind::other;
      return list_;
    }
    void constrain(const Points& points, std::uint64_t seed,
                   vippl::runtime::Draws& draws) const override {
      NormalTarget::constrain(points, seed, draws);
      draws.col(1) = (points.col(1).array() > 0).cast<double>();
    }

   private:
    mutable std::vector<Quantity> list_;
  };
  const Reported target(Eigen::VectorXd::Zero(3), Eigen::MatrixXd::Identity(3, 3));
  const LinearResponse found = respond(target, *best_mean_field(target));
  CHECK(std::isnan(found.sd[0]));
  CHECK(std::isnan(found.sd[1]));
  CHECK(found.sd[2] == doctest::Approx(1));
  CHECK(found.note.empty());
}

TEST_CASE("a guide where the ELBO does not curve downwards is given no sds, and that is said") {
  /// Curves upwards everywhere.
  class Bowl final : public Target {
   public:
    Bowl() : Target(2) {}
    double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
      if (gradient != nullptr) *gradient += z;
      return 0.5 * z.squaredNorm();
    }
  };
  const Bowl target;
  const LinearResponse found = respond(target, *make_guide("meanfield", 2));
  CHECK(std::isnan(found.sd[0]));
  CHECK(found.note.find("no linear-response sds") == 0);
}
