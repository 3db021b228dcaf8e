#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <string>

#include "runtime/random.h"
#include "tests/models/passes/pass_listing.h"
#include "tests/models/passes/same_numbers.h"
#include "tests/support/sanitizers.h"

namespace vippl::test {
namespace {

// Words of documents, many of which stand there more than once.
std::string data(int rows) {
  runtime::Rng rng(11, runtime::Purpose::test);
  std::string csv = "word,doc\n";
  for (int i = 0; i < rows; ++i) {
    const auto number = [&](int count) { return 1 + static_cast<int>(count * rng.uniform()); };
    csv += fmt::format("{},{}\n", number(6), number(3));
  }
  return csv;
}

constexpr const char* head =
    "data word : int(1..6)[n]\ndata doc : int(1..3)[n]\n"
    "sample theta : simplex[3, 2] ~ dirichlet([0.8, 1.5])\n"
    "sample phi : simplex[2, 6] ~ dirichlet([1, 2, 1, 0.5, 1, 1])\n"
    "sample w ~ beta(2, 2)\n";

struct Case {
  const char* statement;
  int mixtures;  // that have become one instruction
};

constexpr Case cases[] = {
    {"observe word ~ mixture(theta[doc], categorical(phi))", 1},
    {"observe word ~ mixture(theta[2], categorical(phi))", 1},
    {"observe word ~ mixture([w, 1 - w], categorical(phi))", 1},
    {"observe word ~ mixture([w, 1 - w], categorical(phi[2]), categorical(phi[1]))", 1},
    {"for i in 1..n {\n  observe word[i] ~ mixture(theta[doc[i]], categorical(phi))\n}", 1},
    {"observe word ~ mixture([0.25, 0.75], categorical(phi))", 0},
    {"observe word ~ mixture(theta[doc], categorical(phi[1]), discrete_uniform(1, 6))", 0},
};

TEST_CASE("a mixture of categories becomes one instruction, and the same numbers come out") {
  for (const int rows : {2, 90, 700}) {
    if (under_sanitizers && rows == 700) break;
    const Given given{.csv = data(rows)};
    for (const Case& c : cases) {
      CAPTURE(rows);
      CAPTURE(std::string(c.statement));
      const std::string script = std::string(head) + c.statement + "\n";
      if (rows == 90) {
        const std::string listing =
            listing_after("unused,fold,subscripts,share,reroll,categories,turns", script, given);
        CHECK(count_of("= categorical_mixture ", listing) == c.mixtures);
      }
      const Variants variants = with_and_without_passes(script, given);
      for (const Eigen::Index lanes : {9, 8, 1}) check_same_numbers(variants, lanes, 3);
    }
  }
}

TEST_CASE("a mixture of categories at points where it falls back on its parts") {
  const Given given{.csv = data(40)};
  const std::string script = std::string(head) + cases[0].statement + "\n";
  const Variants variants = with_and_without_passes(script, given);
  // Chances that underflow, alone and times a weight that is tiny too, and what is no number.
  for (const double value : {600.0, 800.0, 1e6, HUGE_VAL, std::nan("")}) {
    for (const Eigen::Index coordinate : {0, 4}) {
      CAPTURE(value);
      CAPTURE(coordinate);
      for (const Eigen::Index lanes : {1, 8}) {
        runtime::Points points(lanes, variants.plain->dimension());
        variants.plain->draw_prior(3, points);
        points(lanes - 1, coordinate) = value;
        check_same_values(variants, points);
      }
    }
  }
}

}  // namespace
}  // namespace vippl::test
