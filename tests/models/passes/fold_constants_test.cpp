#include <doctest/doctest.h>

#include "tests/models/passes/pass_listing.h"

namespace vippl::test {
namespace {

TEST_CASE("the fixed terms of a statement become one") {
  const std::string script =
      "sample a ~ normal(0, 1)\nfor i in 1..5 { observe i ~ normal(0, 3) }\nfactor -1\n";
  CHECK(count_of("add ", listing_after("none", script)) == 7);
  CHECK(count_of("add ", listing_after("fold", script)) == 3);
}

TEST_CASE("a density becomes a fixed term once its arguments are known to be constant") {
  const std::string script =
      "sample a ~ normal(0, 1)\nvar x = [a, 2, 3]\nlet y = x[2..3]\nfactor sum(y^2)\n";
  CHECK(listing_after("subscripts,fold", script).find("add    13") != std::string::npos);
}

TEST_CASE("what is reported is computed in every lane, constant or not") {
  const std::string script = "sample a ~ normal(0, 1)\nlet x = [a, 2, 3]\nderive y = x[2..3] * 2\n";
  const Outcome outcome = make(script, {});
  REQUIRE(outcome.model);
  const runtime::Points points = runtime::Points::Constant(8, 1, 0.5);
  runtime::Draws draws;
  outcome.model->constrain(points, 1, draws);
  for (Eigen::Index r = 0; r < 8; ++r) {
    CHECK(draws(r, 1) == 4);
    CHECK(draws(r, 2) == 6);
  }
}

}  // namespace
}  // namespace vippl::test
