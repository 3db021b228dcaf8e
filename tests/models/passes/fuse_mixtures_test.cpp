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

std::string data(int rows) {
  runtime::Rng rng(8, runtime::Purpose::test);
  std::string csv = "y,x\n";
  for (int i = 0; i < rows; ++i)
    csv += fmt::format("{},{}\n", 3 * rng.normal() + (i % 3 == 0 ? 4 : 0), rng.normal());
  return csv;
}

constexpr const char* head =
    "data y : real[n]\ndata x : real[n]\nsample w ~ beta(2, 2)\n"
    "sample v : simplex[3] ~ dirichlet([1, 1, 1])\n"
    "sample p : simplex[5] ~ dirichlet([1, 1, 1, 1, 1])\n"
    "sample m : real[5] ~ normal(0, 3)\nsample s : real[5] ~ half_normal(2)\n";

struct Case {
  const char* statement;
  int mixtures;  // that have become one instruction
};

constexpr Case cases[] = {
    {"observe y ~ mixture([w, 1 - w], normal(m[1..2], s[1..2]))", 1},
    {"observe y ~ mixture(v, normal(m[1..3], s[1..3]))", 1},
    {"observe y ~ mixture(p, normal(m, s))", 1},
    {"observe y ~ mixture([w, 1 - w], normal(m[1], s[1]), normal(0, s[2]))", 1},
    {"observe y ~ mixture([0, 1], normal(m[1], s[1]), normal(m[2], s[2]))", 1},
    {"for i in 1..n {\n  observe y[i] ~ mixture(v, normal(m[1..3], s[1..3]))\n}", 1},
    {"for i in 1..n {\n  factor log_sum_exp([log(w) + log_density(normal(m[1], s[1]), y[i]),\n"
     "      log_density(normal(m[2], s[2]), y[i]) + log1p(-w)])\n}",
     1},
    {"for i in 1..n {\n  factor log_sum_exp([log(v[k]) + log_density(normal(m[k], s[k]), y[i])\n"
     "      for k in 1..3])\n}",
     1},
    {"observe y ~ mixture([w, 1 - w], normal(m[1] + m[2] * x, s[1]), normal(m[3], s[2]))", 0},
    {"observe y ~ mixture([w, 1 - w], normal(m[1], s[1]), student_t(4, m[3], s[2]))", 0},
};

TEST_CASE("a mixture of normals becomes one instruction, and the same numbers come out") {
  for (const int rows : {2, 63, 1100}) {
    const Given given{.csv = data(rows)};
    for (const Case& c : cases) {
      CAPTURE(rows);
      CAPTURE(std::string(c.statement));
      const std::string script = std::string(head) + c.statement + "\n";
      if (rows == 63) {
        const std::string listing =
            listing_after("unused,fold,subscripts,share,reroll,mixtures", script, given);
        CHECK(count_of("= normal_mixture ", listing) == c.mixtures);
      }
      const Variants variants = with_and_without_passes(script, given);
      for (const Eigen::Index lanes : {9, 8, 3, 1}) {
        check_same_numbers(variants, lanes, 3);
        if (under_sanitizers) break;  // nine are eight and one
      }
    }
  }
}

TEST_CASE("a mixture of normals at points where it falls back on its parts") {
  const Given given{.csv = data(40)};
  const std::string script = std::string(head) + cases[0].statement + "\n";
  const Variants variants = with_and_without_passes(script, given);
  const Eigen::Index weight = 0;
  const Eigen::Index location = 1 + 2 + 4;
  const Eigen::Index scale = location + 5;
  struct Place {
    Eigen::Index coordinate;
    double value;
  };
  // Weights that round to 0 and 1, squares that overflow, scales of 0 and infinity.
  for (const Place& place : {Place{weight, 800}, Place{weight, -800}, Place{location, 1e200},
                             Place{scale, -800}, Place{scale, 800}, Place{scale, -300}}) {
    CAPTURE(place.coordinate);
    CAPTURE(place.value);
    for (const Eigen::Index lanes : {1, 8}) {
      runtime::Points points(lanes, variants.plain->dimension());
      variants.plain->draw_prior(3, points);
      points(lanes - 1, place.coordinate) = place.value;
      check_same_values(variants, points);
    }
  }
}

}  // namespace
}  // namespace vippl::test
