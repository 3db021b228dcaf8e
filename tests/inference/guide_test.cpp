#include "inference/guide.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/targets.h"

using namespace vippl::inference;
using vippl::runtime::Purpose;
using vippl::testing::equicorrelated;
using vippl::testing::log_two_pi;

namespace {

Points random_points(Eigen::Index rows, Eigen::Index columns, std::uint32_t site) {
  Points points(rows, columns);
  Rng rng(1, Purpose::test, site);
  rng.fill_normal({points.data(), static_cast<std::size_t>(points.size())});
  return points;
}

Start correlated_start(Eigen::Index d) {
  const Eigen::VectorXd sds = Eigen::VectorXd::LinSpaced(d, 0.1, 3);
  return normal_start(Eigen::VectorXd::LinSpaced(d, -2, 5),
                      equicorrelated(sds, 0.5).llt().matrixL());
}

/// Every family with every scale map, in plain and in other units, away from the start.
std::vector<std::unique_ptr<Guide>> guides_of_all_kinds(Eigen::Index d) {
  std::vector<std::unique_ptr<Guide>> guides;
  for (const GuideFamily* family : all_guides())
    for (const ScaleMap map : {ScaleMap::log, ScaleMap::softplus})
      for (const bool in_units : {false, true}) {
        std::unique_ptr<Guide> guide = make_guide(family->name, d, {map});
        if (in_units) guide->start_at(correlated_start(d), 0.7);
        Eigen::VectorXd parameters = guide->parameters();
        parameters += 0.3 * random_points(parameters.size(), 1, 5).col(0);
        guide->set_parameters(parameters);
        guides.push_back(std::move(guide));
      }
  return guides;
}

}  // namespace

TEST_CASE("every guide: pull_back is the derivative of place") {
  for (const auto& guide : guides_of_all_kinds(5)) {
    CAPTURE(guide->name());
    const Points noise = random_points(7, guide->noise_dimension(), 1);
    const Points dz = random_points(7, guide->dimension(), 2);
    Eigen::VectorXd gradient = Eigen::VectorXd::Constant(guide->parameter_count(), 1);
    guide->pull_back(noise, dz, gradient);
    const Eigen::VectorXd parameters = guide->parameters();
    Points z(7, guide->dimension());
    for (Eigen::Index i = 0; i < parameters.size(); ++i) {
      double difference = 0;
      for (const double sign : {1.0, -1.0}) {
        Eigen::VectorXd moved = parameters;
        moved[i] += sign * 1e-6;
        guide->set_parameters(moved);
        guide->place(noise, z);
        difference += sign * z.cwiseProduct(dz).sum() / 2e-6;
      }
      CAPTURE(i);
      CHECK(gradient[i] - 1 ==
            doctest::Approx(difference).epsilon(1e-7));  // it adds to what is there
    }
  }
}

TEST_CASE("every guide: the gradient of the entropy is its derivative") {
  for (const auto& guide : guides_of_all_kinds(4)) {
    CAPTURE(guide->name());
    Eigen::VectorXd gradient = Eigen::VectorXd::Zero(guide->parameter_count());
    guide->add_entropy_gradient(2, gradient);
    const Eigen::VectorXd parameters = guide->parameters();
    for (Eigen::Index i = 0; i < parameters.size(); ++i) {
      double difference = 0;
      for (const double sign : {1.0, -1.0}) {
        Eigen::VectorXd moved = parameters;
        moved[i] += sign * 1e-6;
        guide->set_parameters(moved);
        difference += sign * guide->entropy().value() / 1e-6;
      }
      CHECK(gradient[i] == doctest::Approx(difference).epsilon(1e-7));
    }
  }
}

TEST_CASE("every guide: log_density is that of a normal with its mean and covariance") {
  for (const auto& guide : guides_of_all_kinds(4)) {
    CAPTURE(guide->name());
    const Points noise = random_points(6, guide->noise_dimension(), 3);
    Points z(6, 4), gradients(6, 4);
    guide->place(noise, z);
    LogDensities values(6), with_gradient(6), of_placed(6);
    guide->log_density(z, values);
    guide->log_density(z, with_gradient, gradients);
    guide->log_density_of_placed(noise, of_placed);
    const Eigen::MatrixXd covariance = guide->covariance();
    const Eigen::LLT<Eigen::MatrixXd> cholesky(covariance);
    const Eigen::MatrixXd factor = cholesky.matrixL();
    CHECK((guide->variance() - covariance.diagonal()).norm() < 1e-12);
    for (Eigen::Index b = 0; b < 6; ++b) {
      const Eigen::VectorXd shift = z.row(b).transpose() - guide->mean();
      const Eigen::VectorXd pull = cholesky.solve(shift);
      const double expected =
          -0.5 * shift.dot(pull) - 2 * log_two_pi - factor.diagonal().array().log().sum();
      CHECK(values[b] == doctest::Approx(expected));
      CHECK(with_gradient[b] == doctest::Approx(expected));
      CHECK(of_placed[b] == doctest::Approx(expected));
      CHECK((gradients.row(b).transpose() + pull).norm() < 1e-9 * (1 + pull.norm()));
    }
  }
}

TEST_CASE("every guide: the entropy is minus the mean log density") {
  for (const auto& guide : guides_of_all_kinds(3)) {
    CAPTURE(guide->name());
    constexpr Eigen::Index count = 20000;
    Points noise(count, guide->noise_dimension()), z(count, 3);
    Rng rng(2, Purpose::test);
    guide->draw(rng, noise, z);
    LogDensities values(count);
    guide->log_density(z, values);
    CHECK(std::fabs(-values.mean() - guide->entropy().value()) < 5 * std::sqrt(1.5 / count));
    CHECK((z.colwise().mean().transpose() - guide->mean())
              .cwiseQuotient(guide->variance().cwiseSqrt())
              .cwiseAbs()
              .maxCoeff() < 5 / std::sqrt(double{count}));
  }
}

TEST_CASE("every guide: as_start and start_at keep the member of the family") {
  for (const auto& guide : guides_of_all_kinds(4)) {
    CAPTURE(guide->name());
    const std::unique_ptr<Guide> copy = guide->clone();
    copy->start_at(guide->as_start(), 1);
    CHECK((copy->mean() - guide->mean()).norm() < 1e-12);
    CHECK((copy->covariance() - guide->covariance()).norm() < 1e-10);
    CHECK(symmetrised_kl(*copy, *guide) < 1e-10);
    copy->start_at(guide->as_start(), 0.5);
    CHECK((4 * copy->covariance() - guide->covariance()).norm() < 1e-10);
    CHECK(copy->parameters().allFinite());
  }
}

TEST_CASE("a mean field takes the conditional scales of a start, not its marginal sds") {
  const Eigen::MatrixXd covariance = equicorrelated(Eigen::VectorXd::Ones(3), 0.9);
  const std::unique_ptr<Guide> guide = make_guide("meanfield", 3);
  guide->start_at(normal_start(Eigen::VectorXd::Zero(3), covariance.llt().matrixL()), 1);
  const Eigen::VectorXd expected = covariance.inverse().diagonal().cwiseInverse();
  CHECK((guide->variance() - expected).norm() < 1e-12);
}

TEST_CASE("the scale that is asked for is the scale that is set, through either map") {
  for (const ScaleMap map : {ScaleMap::log, ScaleMap::softplus})
    for (const double scale : {1e-8, 0.0486, 1.0, 50.0, 1e4}) {
      CAPTURE(scale);
      const std::unique_ptr<Guide> guide = make_guide("meanfield", 2, {map});
      guide->start_at(identity_start(2), scale);
      CHECK(std::sqrt(guide->variance()[0]) == doctest::Approx(scale).epsilon(1e-9));
    }
}

TEST_CASE("symmetrised KL: a closed form in one dimension, and 0 only for equals") {
  const auto at = [](double mean, double sd) {
    std::unique_ptr<Guide> guide = make_guide("fullrank", 1);
    guide->start_at({Eigen::VectorXd::Constant(1, mean), {}, Eigen::VectorXd::Constant(1, sd)}, 1);
    return guide;
  };
  const double expected = 0.5 * (4 + 0.25 - 2 + 9 * (1 + 0.25));
  CHECK(symmetrised_kl(*at(0, 1), *at(3, 2)) == doctest::Approx(expected));
  CHECK(symmetrised_kl(*at(3, 2), *at(0, 1)) == doctest::Approx(expected));
  CHECK(symmetrised_kl(*at(3, 2), *at(3, 2)) == doctest::Approx(0));
  const std::unique_ptr<Guide> mean_field = make_guide("meanfield", 1);
  CHECK(symmetrised_kl(*mean_field, *at(3, 2)) == doctest::Approx(expected));
}

TEST_CASE("place and pull_back allocate nothing") {
  for (const auto& guide : guides_of_all_kinds(9)) {
    // It makes its factor anew: it is fitted by Newton steps, few and far between.
    if (guide->name() == "sparse") continue;
    const Points noise = random_points(128, guide->noise_dimension(), 1);
    Points z(128, 9), gradients(128, 9);
    LogDensities values(128);
    const Eigen::VectorXd parameters = guide->parameters();
    Eigen::VectorXd gradient = Eigen::VectorXd::Zero(parameters.size());
    Eigen::internal::set_is_malloc_allowed(false);
    guide->set_parameters(parameters);
    guide->place(noise, z);
    guide->pull_back(noise, z, gradient);
    guide->log_density(z, values, gradients);
    guide->add_entropy_gradient(1, gradient);
    Eigen::internal::set_is_malloc_allowed(true);
    CHECK(gradient.allFinite());
  }
}

TEST_CASE("a guide is found by name; a wrong name or argument is refused in words") {
  CHECK(make_guide("meanfield", 3)->name() == "meanfield");
  CHECK(make_guide("fullrank", 3)->name() == "fullrank");
  CHECK(make_guide("auto", 3)->name() == "fullrank");
  CHECK(make_guide("auto", 1000)->name() == "meanfield");
  CHECK_THROWS_WITH_AS(
      make_guide("full", 3),
      "there is no guide `full`, expected one of auto, fullrank, lowrank, meanfield, sparse",
      std::invalid_argument);
  CHECK(make_guide("lowrank", 3)->name() == "lowrank:1");
  CHECK(make_guide("lowrank", 1000)->name() == "lowrank:20");
  CHECK(make_guide("lowrank:2", 3)->name() == "lowrank:2");
  CHECK(make_guide("lowrank:2", 3)->noise_dimension() == 5);
  CHECK(make_guide("lowrank:7", 3)->name() == "lowrank:3");
  for (const std::string text : {"lowrank:0", "lowrank:-1", "lowrank:1.5", "lowrank:many"})
    CHECK_THROWS_WITH_AS(make_guide(text, 3),
                         ("the guide `lowrank` takes the number of directions, such as "
                          "`lowrank:10`, got `" +
                          text.substr(8) + "`")
                             .c_str(),
                         std::invalid_argument);
  CHECK_THROWS_WITH_AS(make_guide("meanfield:3", 3),
                       "the guide `meanfield` takes no argument, got `3`", std::invalid_argument);
}
