// What the priors of the sites are around a point: densities, spreads, and exact draws.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "runtime/model.h"
#include "tests/models/bind_script.h"

namespace vippl {

namespace {

using test::make;

const double log_two_pi = std::log(2 * std::numbers::pi);

double log_normal(double x, double location, double scale) {
  const double z = (x - location) / scale;
  return -0.5 * (z * z + log_two_pi) - std::log(scale);
}

runtime::SitePriors priors_at(const runtime::Model& model, const runtime::Points& points) {
  return model.site_priors(points, 1);
}

}  // namespace

TEST_CASE("the prior of a site is that given the latents before it, with its Jacobian") {
  const test::Outcome outcome = make(
      "sample mu ~ normal(1, 2)\n"
      "sample tau ~ half_normal(3)\n"
      "for j in 1..2 { sample a[j] ~ normal(mu, tau) }\n"
      "observe 0.5 ~ normal(a[1] + a[2], 1)",
      {});
  REQUIRE(outcome.model);
  runtime::Points points(9, 4);
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    const double x = static_cast<double>(i) / 4;
    points.row(i) << x, x - 1, 1 - x, 0.3;
  }
  const runtime::SitePriors priors = priors_at(*outcome.model, points);
  REQUIRE(priors.log_density.cols() == 3);
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    CAPTURE(i);
    const double mu = points(i, 0), tau = std::exp(points(i, 1));
    CHECK(priors.log_density(i, 0) == doctest::Approx(log_normal(mu, 1, 2)));
    CHECK(priors.log_density(i, 1) ==
          doctest::Approx(log_normal(tau, 0, 3) + std::log(2) + points(i, 1)));
    CHECK(priors.log_density(i, 2) ==
          doctest::Approx(log_normal(points(i, 2), mu, tau) + log_normal(points(i, 3), mu, tau)));
  }
  // The mean over the points of log tau is 0: the sd of a is 1 on the average scale.
  CHECK(priors.sd[0] == doctest::Approx(2).epsilon(0.15));
  CHECK(priors.sd[2] == doctest::Approx(1).epsilon(0.15));
  CHECK(priors.sd[3] == doctest::Approx(1).epsilon(0.15));
}

TEST_CASE("what a type cuts off a prior is made up for") {
  const test::Outcome outcome = make(
      "sample s : real(lower = 0)[5] ~ normal(0, 1)\n"
      "observe 0.5 ~ normal(s[1], 1)",
      {});
  REQUIRE(outcome.model);
  const runtime::Points points = runtime::Points::Zero(40, 5);
  const runtime::SitePriors priors = priors_at(*outcome.model, points);
  // 5 x 32 x 32 proposals: the error of log(1/2) is 0.014 for each entry.
  CHECK(std::abs(priors.log_density(0, 0) - 5 * (log_normal(1, 0, 1) + std::log(2))) < 0.3);
}

TEST_CASE("an improper prior has neither density nor spread, nor has one shared with data") {
  const test::Outcome outcome = make(
      "data y : real?[n]\n"
      "sample a ~ flat()\n"
      "sample b ~ normal(0, 1)\n"
      "observe y ~ normal(a + b, 1)",
      {.csv = "y\n1\nNA\n2\n"});
  REQUIRE(outcome.model);
  const runtime::SitePriors priors = priors_at(*outcome.model, runtime::Points::Zero(4, 3));
  CHECK(std::isnan(priors.log_density(0, 0)));
  CHECK(std::isnan(priors.sd[0]));
  CHECK(priors.log_density(0, 1) == doctest::Approx(log_normal(0, 0, 1)));
  CHECK(priors.sd[1] == doctest::Approx(1).epsilon(0.15));
  CHECK(std::isnan(priors.log_density(0, 2)));
}

TEST_CASE("exact draws from the prior follow what is written, entry by entry") {
  const test::Outcome outcome = make(
      "sample s : real(lower = 0)[30] ~ normal(0, 10)\n"
      "sample o : ordered[2] ~ normal(0, 1)\n"
      "observe 0.5 ~ normal(s[1] + o[1], 1)",
      {});
  REQUIRE(outcome.model);
  runtime::Points points(400, 32);
  outcome.model->draw_prior_exactly(3, points);
  runtime::Draws draws;
  outcome.model->constrain(points, 1, draws);
  const double half_normal_mean = 10 * std::sqrt(2 / std::numbers::pi);
  CHECK(draws.leftCols(30).mean() == doctest::Approx(half_normal_mean).epsilon(0.03));
  // The means of the smaller and the larger of two standard normals are -+ 1 / sqrt(pi).
  CHECK(std::abs(draws.col(30).mean() + 1 / std::sqrt(std::numbers::pi)) < 0.17);
  CHECK(std::abs(draws.col(31).mean() - 1 / std::sqrt(std::numbers::pi)) < 0.17);
}

TEST_CASE("a prior without an exact draw is refused in words") {
  struct Case {
    std::string script;
    std::string code;
    std::string words;
  };
  const Case cases[] = {
      {"sample a ~ flat()\nobserve 1 ~ normal(a, 1)", "no-sampler", "`a` is improper"},
      {"sample a : real(lower = 0) ~ normal(-20, 1)\nobserve 1 ~ normal(a, 1)", "not-simulated",
       "next to nothing"},
      {"sample m ~ normal(0, 1)\nsample a : real(lower = 0)[9] ~ normal(m, 1)\n"
       "observe 1 ~ normal(a[1], 1)",
       "restricted-latent", "depends on other latents"}};
  for (const Case& each : cases) {
    CAPTURE(each.script);
    const test::Outcome outcome = make(each.script, {});
    REQUIRE(outcome.model);
    runtime::Points points(10, outcome.model->dimension());
    try {
      outcome.model->draw_prior_exactly(1, points);
      FAIL("it was drawn from");
    } catch (const lang::ModelError& error) {
      CHECK(error.diagnostic().code == each.code);
      CHECK(error.diagnostic().message.find(each.words) != std::string::npos);
    }
  }
}

TEST_CASE("the density of one row is what the row adds to the log joint") {
  const std::string script =
      "data y : real[n]\ndata x : real[n]\n"
      "sample a ~ normal(0, 1)\nsample s ~ half_normal(1)\n"
      "observe y ~ normal(if a > 0.5 then a * x else 2 * a * x, s)\n";
  test::Given given{.csv = "y,x\n1.5,0.5\n-0.3,1.25\n2.0,-1.0\n"};
  given.options.batch = runtime::Batch{"n", 1, false};
  const test::Outcome outcome = make(script, given);
  REQUIRE(outcome.model);
  given.options.batch = runtime::Batch{"n", 2, false};
  const test::Outcome two = make(script, given);
  REQUIRE(two.model);
  runtime::Points points(10, 2);
  for (Eigen::Index i = 0; i < 10; ++i) points.row(i) << 0.1 * static_cast<double>(i), -0.2;
  const double y[] = {1.5, -0.3, 2.0}, x[] = {0.5, 1.25, -1.0};
  const auto workspace = outcome.model->make_workspace();
  const auto other = two.model->make_workspace();
  runtime::LogDensities values(10), all(10), pair(10);
  for (std::int32_t row : {0, 1, 2}) {
    outcome.model->rows_log_density(points, {{&row, 1}}, *workspace, values);
    for (Eigen::Index i = 0; i < 10; ++i) {
      CAPTURE(row);
      CAPTURE(i);
      const double slope = points(i, 0) > 0.5 ? points(i, 0) : 2 * points(i, 0);
      CHECK(values[i] == doctest::Approx(log_normal(y[row], slope * x[row], std::exp(-0.2))));
    }
  }
  // Rows that stand for themselves are not scaled: two of them lack just the third.
  const std::int32_t first_two[] = {0, 1};
  two.model->evaluate(points, {first_two}, *other, pair);
  two.model->evaluate(points, {}, *other, all);
  std::int32_t last = 2;
  outcome.model->rows_log_density(points, {{&last, 1}}, *workspace, values);
  CHECK((all - pair - values).cwiseAbs().maxCoeff() < 1e-12);
}

}  // namespace vippl
