#include <doctest/doctest.h>

#include <set>
#include <string>

#include "runtime/passes/optimise.h"

namespace vippl::runtime {
namespace {

TEST_CASE("passes are chosen by name") {
  CHECK_FALSE(PassSet::from_text("none")->has(0));
  std::set<std::string_view> names;
  const std::span<const Pass> passes = all_passes();
  for (std::size_t i = 0; i < passes.size(); ++i) {
    CAPTURE(passes[i].name);
    CHECK(PassSet::from_text("all")->has(i));
    names.insert(passes[i].name);
    const std::optional<PassSet> one = PassSet::from_text(passes[i].name);
    REQUIRE(one);
    for (std::size_t j = 0; j < passes.size(); ++j) CHECK(one->has(j) == (i == j));
  }
  CHECK(names.size() == passes.size());
  CHECK(PassSet::from_text("share,fold")->has(1));
  CHECK_FALSE(PassSet::from_text("share,fold")->has(0));
  CHECK_FALSE(PassSet::from_text("sharing"));
}

}  // namespace
}  // namespace vippl::runtime
