#include <doctest/doctest.h>

#include <string>

#include "tests/cli/process.h"

namespace vippl::cli {
namespace {

using testing::has;

TEST_CASE("explain lists the codes, says what one means, and guesses at a misspelt one") {
  const auto list = testing::run_vippl({"explain"});
  CHECK(list.status == 0);
  CHECK(has(list.out, "  chained-range             a range has two ends\n"));
  CHECK(has(list.out, "unused-data"));

  const auto one = testing::run_vippl({"explain", "chained-range"});
  CHECK(one.status == 0);
  CHECK(has(one.out, "    let v = 1..10..2\n\nput right\n\n    let v = 2 * (1..5)\n"));
  CHECK(testing::run_vippl({"explain", "[chained-range]"}).out == one.out);

  const auto unknown = testing::run_vippl({"explain", "chaind-range"});
  CHECK(unknown.status == 2);
  CHECK(unknown.out.empty());
  CHECK(has(unknown.err, "did you mean `chained-range`?"));
}

}  // namespace
}  // namespace vippl::cli
