#include <doctest/doctest.h>

#include <string>

#include "lang/checking/mixture_order.h"
#include "lang/parse.h"

namespace vippl::lang {
namespace {

bool warns(const std::string& script) {
  const SourceText source("test.vi", script);
  const ParseResult parsed = parse(source);
  REQUIRE(parsed.diagnostics.empty());
  return !checking::find_unordered_mixtures(parsed.script).empty();
}

TEST_CASE("components that can be exchanged are warned of, others not") {
  const std::string data = "data y : real[n]\nsample w ~ beta(2, 2)\n";
  const std::string same = data + "sample mu : real[2] ~ normal(0, 5)\n";
  const std::string ordered = data + "sample mu : ordered[2] ~ normal(0, 5)\n";
  const std::string apart = data + "sample mu : real[2] ~ normal([0, 5], 1)\n";
  const std::string along = "observe y ~ mixture([w, 1 - w], normal(mu, 1))\n";
  const std::string across =
      "observe y ~ mixture([w, 1 - w], normal(mu[1], 1), normal(mu[2], 1))\n";
  CHECK(warns(same + along));
  CHECK(warns(same + across));
  CHECK(warns(same + "factor log_density(mixture([w, 1 - w], normal(mu, 1)), y)\n"));
  CHECK_FALSE(warns(ordered + along));
  CHECK_FALSE(warns(ordered + across));
  CHECK_FALSE(warns(apart + along));
  CHECK_FALSE(warns(ordered + "sample s : real[2] ~ half_normal(1)\n"
                              "observe y ~ mixture([w, 1 - w], normal(mu, s))\n"));
  CHECK_FALSE(warns(same + "observe y ~ mixture([0.2, 0.8], normal(mu, 1))\n"));
  CHECK_FALSE(
      warns(same + "observe y ~ mixture([w, 1 - w], normal(mu[1], 1), normal(mu[2], 5))\n"));
  CHECK_FALSE(
      warns(same + "observe y ~ mixture([w, 1 - w], normal(mu[1], 1), student_t(4, mu[2], 1))\n"));
}

}  // namespace
}  // namespace vippl::lang
