#include <doctest/doctest.h>

#include "tests/models/passes/pass_listing.h"

namespace vippl::test {
namespace {

TEST_CASE("equal expressions are computed once, also in the turns of a loop") {
  const std::string script =
      "sample a ~ normal(0, 1)\nsample b ~ normal(0, 1)\n"
      "for i in 1..5 { observe i ~ normal(exp(a) * b, exp(a)) }\n";
  const std::string before = listing_after("none", script);
  const std::string after = listing_after("share", script);
  CHECK(count_of("= exp", before) == 10);
  CHECK(count_of("= exp", after) == 1);
  CHECK(count_of("= multiply", after) == 1);
  CHECK(count_of("= normal", after) == 7);
}

TEST_CASE("what differs in one operand, in order, or in what it draws is not shared") {
  const std::string script =
      "sample a ~ normal(0, 1)\nsample b ~ normal(0, 1)\nfactor a - b\nfactor b - a\n"
      "generate u ~ normal(a, 1)\ngenerate v ~ normal(a, 1)\n";
  const std::string after = listing_after("share", script);
  CHECK(count_of("= subtract", after) == 2);
  CHECK(count_of("= draw", after) == 2);
}

}  // namespace
}  // namespace vippl::test
