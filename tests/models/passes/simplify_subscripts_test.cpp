#include <doctest/doctest.h>

#include "tests/models/passes/pass_listing.h"

namespace vippl::test {
namespace {

TEST_CASE("a subscript that picks neighbours costs nothing") {
  const std::string after = listing_after(
      "subscripts",
      "sample b : real[6] ~ normal(0, 1)\nlet c = exp(b)\nfactor sin(c[2])\nfactor b[3]\n"
      "factor sum(c[2..4])\n");
  CHECK(count_of("slice", after) == 0);
  CHECK(after.find("sin %2[2]") != std::string::npos);
  CHECK(after.find("sum %2[2..4]") != std::string::npos);
  CHECK(after.find("add    z[3]") != std::string::npos);
}

TEST_CASE("a subscript of a subscript is one; a stack of neighbours is none") {
  const std::string after = listing_after(
      "subscripts",
      "sample b : real[6] ~ normal(0, 1)\nlet c = b[[6, 1, 3, 5]]\nlet d = c[[2, 3, 1]]\n"
      "factor sum(sin(d))\nlet e = [b[2], b[3], b[4]]\nfactor sum(cos(e))\n");
  CHECK(count_of("= gather", after) == 1);
  CHECK(after.find("cos z[2..4]") != std::string::npos);
}

}  // namespace
}  // namespace vippl::test
