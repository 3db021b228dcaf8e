#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "runtime/random.h"
#include "tests/models/passes/pass_listing.h"
#include "tests/models/passes/same_numbers.h"

namespace vippl::test {
namespace {

constexpr const char* passes = "unused,fold,subscripts,share,reroll,groups,turns";

std::string data(int rows) {
  runtime::Rng rng(7, runtime::Purpose::test);
  std::string csv = "x,g,h,y\n";
  for (int i = 0; i < rows; ++i)
    csv += fmt::format("{},{},{},{}\n", rng.normal(), i * 7 % 5 + 1, i / 40 % 5 + 1, rng.normal());
  return csv;
}

constexpr const char* head =
    "data x : real[n]\ndata g : int(1..5)[n]\ndata h : int(1..5)[n]\ndata y : real[n]\n"
    "sample a ~ normal(0, 1)\nsample s ~ half_normal(1)\n"
    "sample u : real[5] ~ normal(0, 1)\nsample v : real[5] ~ normal(0, 1)\n";

struct Case {
  const char* location;
  int of_groups;  // operations that are left on five numbers
  int of_rows;
};

int operations_of(const std::string& extent, const std::string& listing) {
  int count = 0;
  for (std::size_t at = 0; at < listing.size();) {
    const std::size_t end = listing.find('\n', at);
    const std::string line = listing.substr(at, end - at);
    for (const char* name : {"= add ", "= multiply ", "= subtract ", "= exp ", "= negate "}) {
      if (count_of(name, line) > 0 && count_of(extent, line) > 0) ++count;
    }
    at = end + 1;
  }
  return count;
}

TEST_CASE("what is the same within a group is computed once per group") {
  const Given given{.csv = data(120)};
  for (const Case& c : {Case{"a + s * u[g[i]]", 2, 0}, Case{"u[g[i]] * v[g[i]] - a", 2, 0},
                        Case{"exp(-u[g[i]])", 2, 0}, Case{"s * u[g[i]] + x[i]", 1, 1},
                        // two ways to group
                        Case{"u[g[i]] * v[h[i]]", 0, 1}, Case{"s * u[g[i]] + a * v[h[i]]", 2, 1}}) {
    CAPTURE(c.location);
    const std::string script =
        fmt::format("{}for i in 1..n {{ observe y[i] ~ cauchy({}, s) }}\n", head, c.location);
    const std::string listing = listing_after(passes, script, given);
    CAPTURE(listing);
    CHECK(operations_of("[5] ", listing) == c.of_groups);
    CHECK(operations_of("[120] ", listing) == c.of_rows);

    const Variants variants = with_and_without_passes(script, given);
    for (const Eigen::Index lanes : {1, 3, 8}) check_same_numbers(variants, lanes, 8);
  }
}

TEST_CASE("where most groups have one row, nothing is moved") {
  const std::string script =
      std::string(head) + "for i in 1..n { observe y[i] ~ cauchy(a + s * u[g[i]], s) }\n";
  const std::string listing = listing_after(passes, script, {.csv = data(8)});
  CAPTURE(listing);
  CHECK(operations_of("[5] ", listing) == 0);
}

}  // namespace
}  // namespace vippl::test
