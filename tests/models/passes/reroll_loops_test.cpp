#include <doctest/doctest.h>

#include "tests/models/passes/pass_listing.h"

namespace vippl::test {
namespace {

constexpr const char* passes = "subscripts,share,reroll";

TEST_CASE("the turns of a loop become one instruction over arrays and one term") {
  const std::string after = listing_after(
      passes,
      "let x = [1, 2, 4, 7, 3]\nlet g = [1, 2, 4, 3, 2]\nsample u : real[4] ~ normal(0, 1)\n"
      "sample s ~ half_normal(1)\n"
      "for i in 1..5 { observe x[i] ~ poisson_log(exp(u[g[i]]) * x[i] + s) }\n");
  CAPTURE(after);
  CHECK(count_of("= exp", after) == 1);
  CHECK(count_of("= multiply", after) == 1);
  CHECK(count_of("= add", after) == 1);
  CHECK(count_of("= poisson_log", after) == 1);
  CHECK(count_of("add    ", after) == 4);
}

TEST_CASE("nested loops, comprehensions and latents sampled in turn become arrays too") {
  const std::string after = listing_after(
      passes,
      "sample b : real[4] ~ normal(0, 1)\nsample v : real[4]\n"
      "for j in 1..4 { sample v[j] ~ normal(b[j], 1) }\n"
      "for i in 1..6 { observe i ~ normal(sum([v[k] * (i + k) for k in 1..4]), 1) }\n");
  CAPTURE(after);
  CHECK(count_of("= normal", after) == 3);
  CHECK(count_of("= multiply", after) == 1);
  CHECK(count_of("= sum", after) == 1);
}

TEST_CASE("a recurrence stays a recurrence; what does not depend on it becomes an array") {
  const std::string after = listing_after(
      passes,
      "let y = [1, 2, 1, 3, 2, 4]\nsample a ~ normal(0, 1)\nvar h = a\n"
      "for i in 1..6 {\n  h = 0.5 * h + exp(a * y[i])\n  observe y[i] ~ normal(cos(h), 1)\n}\n");
  CAPTURE(after);
  CHECK(count_of("= exp", after) == 1);
  CHECK(count_of("= add", after) == 6);
  CHECK(count_of("= normal", after) == 2);
  CHECK(count_of("= cos", after) == 1);
}

TEST_CASE("three turns stay as they are: bringing them together would cost as much") {
  const std::string after = listing_after(
      passes, "sample a ~ normal(0, 1)\nfor i in 1..3 { observe i ~ normal(exp(a * i), 1) }\n");
  CHECK(count_of("= exp", after) == 3);
}

}  // namespace
}  // namespace vippl::test
