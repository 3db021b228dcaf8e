#include "inference/site_kl.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <numbers>

namespace vippl {

namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using inference::SiteKl;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A guide with draws from it.
struct Fitted {
  Fitted(const Vector& location, const Matrix& covariance)
      : guide(inference::make_guide("fullrank", location.size())) {
    guide->start_at(inference::normal_start(location, covariance.llt().matrixL()), 1);
    runtime::Points noise(4000, location.size());
    draws.resize(4000, location.size());
    runtime::Rng rng(1, runtime::Purpose::test);
    guide->draw(rng, noise, draws);
  }
  std::unique_ptr<inference::Guide> guide;
  runtime::Points draws;
};

Vector log_normal(const Vector& x, const Vector& location, double scale) {
  return (-0.5 * ((x - location) / scale).array().square() - std::log(scale) -
          0.5 * std::log(2 * std::numbers::pi))
      .matrix();
}

/// KL of two normals, in closed form.
double kl_of_normals(const Vector& m, const Matrix& s, const Vector& n, const Matrix& t) {
  const Matrix inverse = t.inverse();
  const Vector shift = n - m;
  return 0.5 * ((inverse * s).trace() + shift.dot(inverse * shift) - static_cast<double>(m.size()) +
                std::log(t.determinant() / s.determinant()));
}

// a ~ normal(0, 1), b[2] ~ normal(a, 0.5)
const std::vector<runtime::Site> sites = {{"a", {}, {}, 0, 1}, {"b", {2}, {""}, 1, 2}};

Matrix log_priors(const runtime::Points& draws) {
  Matrix result(draws.rows(), 2);
  result.col(0) = log_normal(draws.col(0), Vector::Zero(draws.rows()), 1);
  result.col(1) =
      log_normal(draws.col(1), draws.col(0), 0.5) + log_normal(draws.col(2), draws.col(0), 0.5);
  return result;
}

const Vector prior_sd = Vector{{1, 0.5, 0.5}};
const Vector prior_mean = Vector::Zero(3);
const Matrix prior_covariance = Matrix{{1, 1, 1}, {1, 1.25, 1}, {1, 1, 1.25}};

}  // namespace

TEST_CASE("the KLs of the sites add up to that of the whole guide from the whole prior") {
  const Vector mean = Vector{{0.8, 1.1, 0.2}};
  const Matrix covariance = Matrix{{0.3, 0.1, 0.05}, {0.1, 0.12, 0.02}, {0.05, 0.02, 0.2}};
  const Fitted fitted(mean, covariance);
  const std::vector<SiteKl> found =
      inference::site_kl(*fitted.guide, fitted.draws, sites, log_priors(fitted.draws), prior_sd);
  REQUIRE(found.size() == 2);
  CHECK(found[0].kl == doctest::Approx(kl_of_normals(mean.head(1), covariance.topLeftCorner(1, 1),
                                                     prior_mean.head(1), Matrix::Identity(1, 1)))
                           .epsilon(0.02));
  const double total = kl_of_normals(mean, covariance, prior_mean, prior_covariance);
  CHECK(std::abs(found[0].kl + found[1].kl - total) < 4 * (found[0].kl_se + found[1].kl_se));
  CHECK(found[1].kl_per_dimension() == found[1].kl / 2);
  CHECK(found[0].sd_ratio == doctest::Approx(std::sqrt(0.3)));
  // Given a, the variances of b are 0.12 - 0.1^2 / 0.3 and 0.2 - 0.05^2 / 0.3.
  CHECK(found[1].sd_ratio ==
        doctest::Approx(std::sqrt(std::sqrt((0.12 - 0.01 / 0.3) * (0.2 - 0.0025 / 0.3))) / 0.5));
  CHECK(found[0].finding == SiteKl::Finding::none);
  CHECK(inference::site_notes(found).empty());
}

TEST_CASE("a guide that is the prior has learnt nothing, without noise") {
  const Fitted fitted(prior_mean, prior_covariance);
  const std::vector<SiteKl> found =
      inference::site_kl(*fitted.guide, fitted.draws, sites, log_priors(fitted.draws), prior_sd);
  REQUIRE(found.size() == 2);
  for (const SiteKl& site : found) {
    CAPTURE(site.name);
    CHECK(std::abs(site.kl) < 1e-12);
    CHECK(site.sd_ratio == doctest::Approx(1));
    CHECK(site.finding == SiteKl::Finding::uninformed);
  }
  const std::vector<std::string> notes = inference::site_notes(found);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0] ==
        "the data say next to nothing about `a`, `b`: less than 0.01 nats per coordinate beyond "
        "the prior");
}

TEST_CASE("a shifted guide has learnt something, though it is as wide as the prior") {
  const Fitted fitted(Vector{{0.5, 0.5, 0.5}}, prior_covariance);
  const std::vector<SiteKl> found =
      inference::site_kl(*fitted.guide, fitted.draws, sites, log_priors(fitted.draws), prior_sd);
  CHECK(found[0].kl == doctest::Approx(0.125).epsilon(0.1));
  CHECK(found[0].finding == SiteKl::Finding::none);
  CHECK(found[1].finding == SiteKl::Finding::uninformed);  // given a, it is where its prior is
}

TEST_CASE("a guide much wider than the prior, or than all scales, has run away") {
  Matrix covariance = prior_covariance;
  covariance(2, 2) = 100;
  const Fitted fitted(prior_mean, covariance);
  Matrix priors = log_priors(fitted.draws);
  std::vector<SiteKl> found =
      inference::site_kl(*fitted.guide, fitted.draws, sites, priors, prior_sd);
  CHECK(found[1].finding == SiteKl::Finding::runaway);
  CHECK(inference::site_notes(found).size() == 2);

  // Without a proper prior there is no KL, and only a scale beyond all sense is told.
  priors.col(1).setConstant(nan);
  const Vector no_sd = Vector{{1, nan, nan}};
  found = inference::site_kl(*fitted.guide, fitted.draws, sites, priors, no_sd);
  CHECK(std::isnan(found[1].kl));
  CHECK(found[1].finding == SiteKl::Finding::none);
  covariance(2, 2) = 1e8;
  const Fitted wide(prior_mean, covariance);
  priors = log_priors(wide.draws);
  priors.col(1).setConstant(nan);
  found = inference::site_kl(*wide.guide, wide.draws, sites, priors, no_sd);
  CHECK(found[1].finding == SiteKl::Finding::runaway);
}

}  // namespace vippl
