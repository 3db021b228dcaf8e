// Draws of wrapped distributions: the mean and variance of many are those of the distribution.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "lang/parse.h"
#include "runtime/model.h"
#include "stdlib/registry.h"

namespace vippl {

namespace {

struct Moments {
  double mean = 0;
  double variance = 0;
};

constexpr Eigen::Index draw_count = 40000;

Moments moments_of(const std::string& distribution) {
  const lang::Sources sources = {
      lang::SourceText("m.vi", "sample a ~ normal(0, 1)\ngenerate t ~ " + distribution)};
  const lang::ParseResult parsed = lang::parse(sources[0]);
  REQUIRE_FALSE(lang::has_errors(parsed.diagnostics));
  lang::Diagnostics warnings;
  const auto model =
      runtime::make_model(parsed.script, sources, {}, stdlib::registry(), {}, warnings);
  const runtime::Points z = runtime::Points::Zero(draw_count, model->dimension());
  runtime::Draws draws;
  model->constrain(z, 7, draws);
  Moments result;
  for (const runtime::Quantity& quantity : model->quantities()) {
    if (quantity.name != "t") continue;
    const auto column = draws.col(quantity.offset).array();
    result.mean = column.mean();
    result.variance = (column - result.mean).square().mean();
  }
  return result;
}

}  // namespace

TEST_CASE("draws of wrapped distributions have their means and variances") {
  const double phi = std::exp(-0.5) / std::sqrt(2 * 3.14159265358979323846);
  const double above = 0.5 * std::erfc(1 / std::sqrt(2.0));
  const double hazard = phi / above;  // of a standard normal beyond 1
  const double far = 8.1213681122;    // mean of a standard normal beyond 8, by its hazard
  struct Case {
    std::string distribution;
    double mean;
    double variance;
  };
  const Case cases[] = {
      {"truncated(normal(0, 1), lower = 1)", hazard, 1 + hazard - hazard * hazard},
      {"truncated(normal(0, 1), lower = 8)", far, 1 + 8 * far - far * far},
      {"truncated(poisson(0.5), lower = 1)", 0.5 / (1 - std::exp(-0.5)),
       0.75 / (1 - std::exp(-0.5)) - std::pow(0.5 / (1 - std::exp(-0.5)), 2)},
      {"truncated(normal(0, 1), upper = -40)", -40.0249688421, 0.000622668193},
      {"truncated(mixture([0.5, 0.5], normal(-9, 1), normal(9, 1)), lower = 9)",
       9 + 2 / std::sqrt(2 * 3.14159265358979323846), 1 - 2 / 3.14159265358979323846},
      {"censored(uniform(0, 4), upper = 1)", 0.875, 1.0 / 12 + 0.75 - 0.765625},
      {"mixture([0.25, 0.75], normal(-1, 1), normal(3, 2))", 2, 3.25 + 3},
      {"mixture([0.25, 0.75], normal([-1, 3], [1, 2]))", 2, 3.25 + 3},
      {"zero_inflated(0.4, poisson(3))", 1.8, 0.6 * 12 - 3.24},
      {"hurdle(0.4, poisson(3))", 0.6 * 3 / (1 - std::exp(-3)),
       0.6 * 12 / (1 - std::exp(-3)) - std::pow(0.6 * 3 / (1 - std::exp(-3)), 2)},
  };
  for (const Case& c : cases) {
    CAPTURE(c.distribution);
    const Moments found = moments_of(c.distribution);
    const double error = std::sqrt(c.variance / static_cast<double>(draw_count));
    CHECK(std::abs(found.mean - c.mean) < 4.5 * error);
    CHECK(found.variance == doctest::Approx(c.variance).epsilon(0.08));
  }
}

}  // namespace vippl
