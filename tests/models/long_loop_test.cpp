// The warning of loops that make too long a tape says why.
#include <doctest/doctest.h>

#include "runtime/passes/optimise.h"
#include "tests/models/bind_script.h"

namespace vippl::test {
namespace {

TEST_CASE("a long loop is warned of, with the reason why it is one") {
  struct Case {
    std::string script;
    std::string reason;  // empty: no warning
  };
  const std::vector<Case> cases = {
      {"sample b ~ normal(0, 1)\nfor i in 1..30000 { factor -square(b - i) }\n", "no turn needs"},
      {"sample s ~ normal(0, 1)\nvar level = s\n"
       "for i in 1..15000 { level = 0.9 * level + 1 }\nfactor level\n",
       "needs results of the turns before"},
      {"sample mu : real[12000]\nsample mu[1] ~ normal(0, 1)\n"
       "for t in 2..12000 { sample mu[t] ~ normal(mu[t - 1] * 0.5, 1) }\n",
       "needs results of the turns before"},
      {"sample b ~ normal(0, 1)\nfor i in 1..100 { for j in 1..300 { factor -square(b - j) } }\n",
       "no turn needs"},
      {"sample a : real[3]\nfor k in 1..3 { sample a[k] ~ normal(0, 1) }\n"
       "for i in 1..15000 { factor -square(a[mod(i, 3) + 1]) }\n",
       "no turn needs"},
      {"sample b ~ normal(0, 1)\nfor i in 1..300 { factor -square(b - i) }\n", ""},
      {"sample b ~ normal(0, 1)\nvar x = 0.0\nfor i in 1..50000 { x += i }\nfactor b * x\n", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.script);
    Given given;
    given.options.passes = runtime::PassSet::none();
    const Outcome outcome = make(each.script, given);
    REQUIRE(outcome.model);
    CHECK(outcome.warnings.size() == (each.reason.empty() ? 0 : 1));
    if (each.reason.empty() || outcome.warnings.empty()) continue;
    CHECK(outcome.warnings[0].code == "long-record");
    CHECK(outcome.warnings[0].message.find(each.reason) != std::string::npos);
  }
}

TEST_CASE("a loop that the passes make short is not warned of") {
  const std::string made_short[] = {
      "sample b ~ normal(0, 1)\nfor i in 1..30000 { factor -square(b - i) }\n",
      "sample s ~ normal(0, 1)\nvar level = s\n"
      "for i in 1..25000 { level = 0.9 * level + 1 }\nfactor level\n"};
  for (const std::string& script : made_short) {
    CAPTURE(script);
    CHECK(make(script, {}).warnings.empty());
  }
  const Outcome stays = make(
      "sample s ~ normal(0, 1)\nvar M = [[1 + s^2, 0.1], [0.1, 2]]\n"
      "for i in 1..12000 { M = inverse(M) + 1 }\nfactor M[1, 1]\n",
      {});
  REQUIRE(stays.warnings.size() == 1);
  CHECK(stays.warnings[0].code == "long-record");
}

}  // namespace
}  // namespace vippl::test
