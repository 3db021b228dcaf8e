#include <doctest/doctest.h>

#include <string>

#include "tests/support/check_script.h"

// Warnings that follow from how a right script is written, with what must not be warned of.

namespace vippl::lang {
namespace {

using tests::check_text;

struct Case {
  std::string script;
  std::string expected;
};

template <std::size_t count>
void check_all(const Case (&cases)[count]) {
  for (const Case& c : cases) {
    CAPTURE(c.script);
    CHECK(check_text(c.script) == c.expected);
  }
}

TEST_CASE("an int that is an index and a number is warned of") {
  const std::string data = "data g : int(1..3)[n]\nsample a : real[3] ~ normal(0, 1)\n";
  const Case cases[] = {
      {data + "factor a[g] + g", "3:15 numeric-category warning"},
      {data + "factor a[g] * (g == 2)", ""},
      {data + "for i in 1..n { factor a[g[i]] * g[i] }", "3:34 numeric-category warning"},
      {data + "factor a[g] + 2 * g  # allow: numeric-category", ""},
      {"data k : int(lower = 0)[n]\nsample b ~ normal(0, 1)\nfactor b * k", ""},
      // Numbers of rows, not of groups.
      {"data first : int(lower = 1)[J]\ndata last : int(lower = 1)[J]\ndata y : real[n]\n"
       "sample m ~ normal(0, 1)\nfor j in 1..J {\n  factor m * y[first[j]] * (last[j] - first[j])\n"
       "  for t in first[j]..last[j] { observe y[t] ~ normal(m, 1) }\n}",
       ""}};
  check_all(cases);
}

TEST_CASE("an index without bounds is warned of, once") {
  const std::string data = "data g : int[n]\nsample a : real[3] ~ normal(0, 1)\n";
  const Case cases[] = {
      {data + "factor a[g]\nfactor a[g]", "3:10 unbounded-index warning"},
      {"data first : int[J]\ndata last : int[J]\ndata y : real[n]\nsample m ~ normal(0, 1)\n"
       "for j in 1..J { observe y[first[j]..last[j]] ~ normal(m, 1) }",
       ""},
      {"data H : int\ndata y : real[n]\nsample m ~ normal(0, 1)\nfactor m * y[H]", ""}};
  check_all(cases);
}

TEST_CASE("a statistic that a loop makes of data is warned of") {
  const std::string data = "data y : real[n]\nvar total = 0.0\n";
  const std::string use = "\nsample m ~ normal(total, 1)\nobserve y ~ normal(m, 1)";
  const Case cases[] = {
      {data + "for i in 1..n { total += y[i] }" + use, "3:17 loop-statistic warning"},
      {data + "for i in 1..n { total = total + y[i]^2 }" + use, "3:17 loop-statistic warning"},
      // Carried from row to row beside what is observed: no statistic.
      {"data y : real[n]\nsample m ~ normal(0, 1)\nvar last = 0.0\n"
       "for i in 1..n {\n  observe y[i] ~ normal(m * last, 1)\n  last = y[i]\n}",
       ""},
      // Of a latent: computed for every draw.
      {"data y : real[n]\nsample m ~ normal(0, 1)\nvar e = 0.0\nfor i in 1..n { e += m * y[i] }\n"
       "factor e",
       ""},
      {"data y : real[n]\nsample s ~ half_normal(1)\nvar m = 0.0\nvar p = 1.0\n"
       "for i in 1..n {\n  let k = p / (p + s)\n  m = m + k * (y[i] - m)\n  p = (1 - k) * p\n}\n"
       "factor m",
       ""},
      {"data y : real[n]\nsample m ~ normal(0, 1)\nvar s : real[n]\nfor i in 1..n { s[i] = 2 * "
       "y[i] "
       "}\nobserve s ~ normal(m, 1)",
       ""}};
  check_all(cases);
}

TEST_CASE("names that look alike are warned of") {
  const Case cases[] = {
      {"let \u00B5 = 1\nlet \u03BC = 2\nfactor \u00B5 + \u03BC", "2:5 lookalike-name warning"},
      {"let a = 1\nlet \u0430 = 2\nfactor a + \u0430", "2:5 lookalike-name warning"},
      {"let a = 1\nlet \u03B1 = 2\nfactor a + \u03B1", ""}};  // alpha and a
  check_all(cases);
}

TEST_CASE("a written bound that the distribution does not reach is warned of") {
  const Case cases[] = {
      {"sample x : real(lower = -1) ~ exponential(1)\nfactor x", "1:12 wide-type warning"},
      {"sample x : real(lower = 0) ~ exponential(1)\nfactor x", ""},
      {"sample x : real(lower = 1) ~ exponential(1)\nfactor x", ""},
      {"sample x : ordered[2] ~ exponential(1)\nfactor x", "1:12 wide-type warning"},
      {"sample x : positive_ordered[2] ~ exponential(1)\nfactor x", ""},
      {"sample x : ordered[2] ~ normal(0, 1)\nfactor x", ""}};
  check_all(cases);
}

}  // namespace
}  // namespace vippl::lang
