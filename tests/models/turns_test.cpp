// Loops whose turns are recorded together say the same as loops that are walked turn by turn.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "runtime/passes/optimise.h"
#include "tests/models/passes/pass_listing.h"
#include "tests/models/passes/same_numbers.h"

namespace vippl::test {
namespace {

const std::string data =
    "let y = [1.5, -0.5, 2.0, 0.25, -1.0, 3.0]\nlet x = [1, 2, 4, 7, 3, 5]\n"
    "let g = [1, 3, 2, 3, 1, 2]\nlet k = [0, 1, 1, 0, 1, 0]\n"
    "let X = [[1, 2], [3, 4], [5, 6], [7, 8], [9, 1], [2, 3]]\n"
    "sample a ~ normal(0, 1)\nsample u : real[3] ~ normal(0, 1)\nsample s ~ half_normal(1)\n";

Given with_passes(const std::string& names) {
  Given given;
  given.options.passes = runtime::PassSet::from_text(names).value();
  return given;
}

TEST_CASE("turns that need no other are recorded as one instruction over arrays") {
  const std::vector<std::string> loops = {
      "for i in 1..6 { observe y[i] ~ normal(a + u[1] * x[i], s) }\n",
      "for i in 1..6 { observe y[i] ~ normal(u[g[i]], s) }\n",
      "for i in [6, 1, 3, 3, 2] { observe y[i] ~ student_t(4, a, s) }\n",
      "for i in 1..6 {\n  let m = -u[g[i]]\n  let v = m^2 + i\n  observe y[i] ~ normal(m, v)\n}\n",
      "for i in 1..6 { observe k[i] ~ bernoulli_logit(X[i] @ u[1..2]) }\n",
      "for i in 1..6 { observe k[i] ~ bernoulli_logit(X[i, 2] * a) }\n",
      "for i in 1..6 { let row = X[i]\n  factor -square(row[2] - a) * sum(row) }\n",
      "for i in 1..6 { for j in 1..2 { observe X[i, j] ~ normal(u[j] + a * y[i], s) } }\n",
      "for i in 1..6 { let m = a * y[i]\n  for j in 1..g[i] { observe x[j] ~ normal(m, s + j) } "
      "}\n",
      "for i in 1..6 { for j in [2, 1] { let m = X[i]\n  factor -square(m[j] - a) } }\n",
      "for i in 1..6 { observe y[i] ~ normal(if i > 1 then a * y[i - 1] else u[2], s) }\n",
      "for i in 1..6 { observe y[i] ~ normal(sum([u[j] * (i + j) for j in 1..3]), s) }\n",
      "fn f(t: real) {\n  let d = t * a\n  return d + 1\n}\n"
      "for i in 1..6 { observe y[i] ~ normal(f(y[i]), s) }\n",
  };
  for (const std::string& loop : loops) {
    CAPTURE(loop);
    const std::string together = listing_after("turns", data + loop, {});
    CHECK(count_of("add    ", together) == 5);
    check_same_numbers(with_and_without_passes(data + loop, with_passes("turns")), 8, 3);
    check_same_numbers(with_and_without_passes(data + loop, with_passes("all")), 8, 3);
  }
}

TEST_CASE("conditions on data part the turns") {
  const std::string loop =
      "for i in 1..6 {\n  let m = a * x[i]\n"
      "  if k[i] == 1 { observe y[i] ~ normal(m, s) }\n"
      "  else if g[i] == 2 { observe y[i] ~ normal(u[g[i]], 2) } else { factor -m^2 }\n}\n";
  const std::string together = listing_after("turns,unused", data + loop, {});
  CAPTURE(together);
  CHECK(count_of("add    ", together) == 7);
  check_same_numbers(with_and_without_passes(data + loop, with_passes("turns")), 8, 4);
}

TEST_CASE("where a turn needs another, or a latent decides, the turns are walked one by one") {
  const std::vector<std::string> loops = {
      "var h = a\nfor i in 1..6 { h = 0.5 * h + y[i]\n  observe y[i] ~ normal(h, 1) }\n",
      "sample v : real[6]\nfor i in 1..6 { sample v[i] ~ normal(a, 1) }\n",
      "var m : real[6]\nm[1] = a\nfor i in 2..6 { m[i] = m[i - 1] * s }\nfactor -sum(m^2)\n",
      "for i in 1..6 { if a * y[i] > 0 { observe y[i] ~ normal(a, s) } else { factor -a } }\n",
      "for i in 1..6 { observe y[2] ~ normal(a, s) }\n",
      "for i in 1..6 {\n  observe y[i] ~ normal(a, s)\n  var z = u[1]\n  z += i\n  factor "
      "-z^2\n}\n",
      "fn f(i) {\n  if i > 3 { return a }\n  return u[2]\n}\nfor i in 1..6 { factor -f(i)^2 * i "
      "}\n",
  };
  for (const std::string& loop : loops) {
    CAPTURE(loop);
    const std::string tried = listing_after("turns", data + loop, {});
    CHECK(tried == listing_after("none", data + loop, {}));
    check_same_numbers(with_and_without_passes(data + loop, with_passes("all")), 8, 5);
  }
}

TEST_CASE("a mistake in one turn is worded as if the turns were walked one by one") {
  struct Case {
    std::string loop;
    std::string code;
  };
  const std::vector<Case> cases = {
      {"for i in 1..6 { observe x[i] ~ bernoulli_logit(a) }\n", "data-outside-support"},
      {"for i in 1..6 { observe y[i] ~ normal(a, 5 - x[i]) }\n", "argument-outside-support"},
      {"for i in 1..7 { observe y[i] ~ normal(a, s) }\n", "index-out-of-range"},
      {"for i in 1..6 { observe y[i] ~ normal(u[x[i]], s) }\n", "index-out-of-range"},
      {"for i in 1..6 { observe x[i] ~ binomial(4, 0.5 + 0 * a) }\n", "data-outside-support"},
      {"for i in 1..6 { observe 3 ~ binomial(x[i], 0.5 + 0 * a) }\n", "data-outside-support"},
      {"for i in 1..6 { observe y[i] ~ normal(X[i], s) }\n", "shape-mismatch"},
      {"for i in 1..6 { if y[i] { factor a * i } }\n", "not-a-condition"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.loop);
    const Outcome together = make(data + each.loop, with_passes("all"));
    const Outcome one_by_one = make(data + each.loop, with_passes("none"));
    REQUIRE(one_by_one.error);
    REQUIRE(together.error);
    CHECK(one_by_one.code() == each.code);
    CHECK(together.code() == one_by_one.code());
    CHECK(together.message() == one_by_one.message());
    CHECK(together.error->span == one_by_one.error->span);
  }
}

TEST_CASE("what was read before a loop that fails in its middle is read again after it") {
  const std::string script =
      data +
      "sample v : real[3]\nfor j in 1..3 { sample v[j] ~ normal(a, 1) }\n"
      "for i in 1..6 {\n  factor -square(sum(v) - y[i])\n  var z = u[1]\n  factor -z^2 * i\n}\n"
      "factor -sum(v * u)\n";
  check_same_numbers(with_and_without_passes(script, with_passes("turns")), 8, 6);
  check_same_numbers(with_and_without_passes(script, with_passes("all")), 8, 6);
}

}  // namespace
}  // namespace vippl::test
