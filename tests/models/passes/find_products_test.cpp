#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "runtime/random.h"
#include "tests/models/passes/pass_listing.h"
#include "tests/models/passes/same_numbers.h"

namespace vippl::test {
namespace {

constexpr const char* passes = "unused,fold,subscripts,share,reroll,products";

std::string data(int rows) {
  runtime::Rng rng(6, runtime::Purpose::test);
  std::string csv = "x,w,v,k\n";
  for (int i = 0; i < rows; ++i)
    csv += fmt::format("{},{},{},{}\n", rng.normal(), rng.normal(), rng.normal(), i % 4);
  return csv;
}

constexpr const char* head =
    "data x : real[n]\ndata w : real[n]\ndata v : real[n]\ndata k : int(lower = 0)[n]\n"
    "let X = [[x[i], w[i], v[i]] for i in 1..n]\n"
    "sample a ~ normal(0, 1)\nsample b : real[3] ~ normal(0, 1)\n"
    "sample c : real[n] ~ normal(0, 1)\n";

struct Case {
  const char* statement;
  int products;
};

TEST_CASE("sums of data times latents become products, however they are written") {
  const Given given{.csv = data(60)};
  for (const Case& c :
       {Case{"for i in 1..n { observe k[i] ~ poisson_log(a + sum(X[i] * b)) }", 1},
        Case{"for i in 1..n { observe k[i] ~ poisson_log(sum(b * X[i]) - a) }", 1},
        Case{"for i in 1..n {\n  let m = sum(b * X[i])\n  observe k[i] ~ poisson_log(m)\n}", 1},
        // the vector differs by row
        Case{"for i in 1..n { observe k[i] ~ poisson_log(sum(X[i] * c[i])) }", 0},
        // both sides are latent
        Case{"for i in 1..n { observe k[i] ~ poisson_log(sum(b * b * X[i])) }", 1},
        Case{"observe k ~ poisson_log(sum(b * b) + 0 * x)", 0},
        // the other way round, the sum goes over the rows
        Case{"factor sum(sum(X * b, axis = 1) ^ 2)", 0}}) {
    CAPTURE(c.statement);
    const std::string script = std::string(head) + c.statement + "\n";
    // Walked once for all turns, and one by one.
    for (const char* turns : {",turns", ""}) {
      CAPTURE(turns);
      const std::string listing = listing_after(std::string(passes) + turns, script, given);
      CAPTURE(listing);
      CHECK(count_of("= contract ", listing) == c.products);
    }
    const Variants variants = with_and_without_passes(script, given);
    for (const Eigen::Index lanes : {1, 3, 8}) check_same_numbers(variants, lanes, 5);
  }
}

TEST_CASE("a sum whose factors are used elsewhere stays") {
  const Given given{.csv = data(60)};
  const std::string script =
      std::string(head) +
      "let parts = X * b\nobserve k ~ poisson_log(sum(parts, axis = 2))\nfactor sum(tanh(parts))\n";
  CHECK(count_of("= contract ", listing_after(passes, script, given)) == 0);
  check_same_numbers(with_and_without_passes(script, given), 8, 5);
}

TEST_CASE("a loop recorded together hands its products to the likelihood") {
  const Given given{.csv = data(60)};
  const std::string script =
      std::string(head) + "for i in 1..n { observe k[i] ~ poisson_log(a + sum(X[i] * b)) }\n";
  const std::string listing = listing_after("all", script, given);
  CAPTURE(listing);
  CHECK(count_of("= contract ", listing) == 0);
  CHECK(count_of("= poisson_log ", listing) == 1);
}

}  // namespace
}  // namespace vippl::test
