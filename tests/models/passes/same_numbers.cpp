#include "tests/models/passes/same_numbers.h"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>
#include <utility>

namespace vippl::test {

namespace {

std::unique_ptr<runtime::Model> model_of(const std::string& script, const Given& given) {
  Outcome outcome = make(script, given);
  if (!outcome.model) throw std::runtime_error(outcome.message());
  return std::move(outcome.model);
}

void check_near(const Eigen::MatrixXd& expected, const Eigen::MatrixXd& found) {
  CHECK((expected - found).cwiseAbs().maxCoeff() <= 1e-11 * (1 + expected.cwiseAbs().maxCoeff()));
}

}  // namespace

Variants with_and_without_passes(const std::string& script, const Given& given) {
  Given plainly = given;
  plainly.options.passes = runtime::PassSet::none();
  return {model_of(script, plainly), model_of(script, given)};
}

Evaluations evaluate_both(const Variants& variants, const runtime::Points& points) {
  const Eigen::Index lanes = points.rows();
  Evaluations both{runtime::LogDensities(lanes), runtime::LogDensities(lanes),
                   runtime::Points(lanes, points.cols()), runtime::Points(lanes, points.cols()),
                   runtime::LogDensities(lanes)};
  const auto plain = variants.plain->make_workspace();
  const auto optimised = variants.optimised->make_workspace();
  variants.plain->evaluate(points, {}, *plain, both.plain, both.plain_gradients);
  variants.optimised->evaluate(points, {}, *optimised, both.optimised, both.optimised_gradients);
  variants.optimised->evaluate(points, {}, *optimised, both.without_gradient);
  return both;
}

void check_same_values(const Variants& variants, const runtime::Points& points) {
  const Evaluations found = evaluate_both(variants, points);
  for (Eigen::Index lane = 0; lane < points.rows(); ++lane) {
    const double both[] = {found.plain(lane), found.optimised(lane)};
    if (std::isfinite(both[0])) {
      CHECK(both[0] == doctest::Approx(both[1]).epsilon(1e-11));
    } else {
      CHECK(std::isnan(both[0]) == std::isnan(both[1]));
      CHECK((both[0] > 0) == (both[1] > 0));
    }
  }
}

void check_same_numbers(const Variants& variants, Eigen::Index lanes, std::uint64_t seed) {
  CAPTURE(lanes);
  runtime::Points points(lanes, variants.plain->dimension());
  variants.plain->draw_prior(seed, points);
  const Evaluations both = evaluate_both(variants, points);
  check_near(both.plain, both.optimised);
  check_near(both.plain, both.without_gradient);
  check_near(both.plain_gradients, both.optimised_gradients);
}

}  // namespace vippl::test
