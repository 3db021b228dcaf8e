#include "cli/line_editor.h"

#include <doctest/doctest.h>

using vippl::cli::common_prefix;

TEST_CASE("a completion goes as far as all candidates agree") {
  CHECK(common_prefix({}).empty());
  CHECK(common_prefix({"normal"}) == "normal");
  CHECK(common_prefix({"bernoulli", "bernoulli_logit", "beta"}) == "be");
  CHECK(common_prefix({"a", "b"}).empty());
}
