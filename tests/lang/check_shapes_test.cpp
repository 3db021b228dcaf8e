#include <doctest/doctest.h>

#include <string>

#include "tests/support/check_script.h"

namespace vippl::lang {
namespace {

using tests::check_text;

// Every script here begins with these data.
const std::string data =
    "data y : real[n]; data X : real[n, p]; data Z : real[p, n]; data g : int(1..J)[n]; data k : "
    "int; "
    "data c : category(\"low\", \"high\")[n]; data u : real[J]\n";

std::string check(const std::string& rest) {
  std::string found = check_text(
      data + rest +
      "\nfactor y + X[:, 1] + Z[1] + g + u[g] * k + (c == 1)  # allow: numeric-category");
  return found;
}

struct Case {
  std::string rest;
  std::string expected;
};

TEST_CASE("shapes and types of expressions") {
  const Case cases[] = {
      {"factor X - y", "2:8 shape-mismatch"},
      {"factor y + X @ [1, 2]", ""},
      {"factor X @ y", "2:8 shape-mismatch"},
      {"factor X @ Z", ""},
      {"factor X @ 2", "2:8 shape-mismatch"},
      {"factor y'", "2:8 shape-mismatch"},
      {"factor X' - Z", ""},
      {"factor X - as_column(y)", ""},
      {"factor [y, [1, 2]]", ""},
      {"factor [y, 1]", "2:12 shape-mismatch"},
      {"factor [y, u]", "2:12 shape-mismatch"},
      {"factor [\"a\", 1]", "2:9 type-mismatch"},
      {"let a = [1, \"a\"]\nfactor sum(a)", "2:13 type-mismatch"},
      {"factor [i * y for i in 1..3] + y", ""},
      {"factor [i * y for i in 1..3] + u", "2:8 shape-mismatch"},
      {"factor if y > 0 then y else 0", ""},
      {"factor if y > 0 then u else 0", "2:8 shape-mismatch"},
      {"factor if y then 1 else 0", "2:11 not-a-condition"},
      {"factor if 3 then 1 else 0", "2:11 not-a-condition"},
      {"if 1 { factor k }", "2:4 not-a-condition"},
      {"while 1.5 { factor k }", "2:7 not-a-condition"},
      {"if k { factor 1 }", ""},
      {"if true { factor 1 }", ""},
      {"factor y[1, 2]", "2:10 too-many-subscripts"},
      {"factor k[1]", "2:10 too-many-subscripts"},
      {"factor y[1.5]", "2:10 subscript-not-int"},
      {"factor y[0]", "2:10 subscript-out-of-range"},
      {"factor y[n + 1]", "2:10 subscript-out-of-range"},
      {"factor y[2..n + 1]", "2:10 subscript-out-of-range"},
      {"factor y[2..n] - y[1..n - 1]", ""},
      {"factor y[2..n] - y", "2:8 shape-mismatch"},
      {"factor [1, 2, 3][4]", "2:18 subscript-out-of-range"},
      {"factor X[g, g]", ""},
      {"factor X[g, [1, 2]]", ""},
      {"factor X[g, 1..2]", ""},
      {"factor y[y > 0]", ""},
      {"factor u[c]", ""},
      {"factor [1, 2, 3][c]", "2:18 category-index"},
      {"factor c + 1", "2:8 not-a-number"},
      {"factor c == \"low\"", ""},
      {"factor c == \"medium\"", "2:13 unknown-level"},
      {"factor y == \"low\"", "2:8 type-mismatch"},
      {"factor 1..y", "2:8 range-not-int"},
      {"factor not y", "2:12 type-mismatch"},
      {"factor exp(y, 1)", "2:8 wrong-argument-count"},
      {"factor softmax(k)", "2:16 argument-mismatch"},
      {"factor log(0 - 1)", "2:12 argument-outside-support"},
      {"factor sum(X, axis = 3)", "2:22 argument-mismatch"},
      {"factor sum(X, axis = 2) - y", ""},
      {"factor sum(X, axis = 2) - u", "2:8 shape-mismatch"},
      {"for i in y { factor i }", "2:10 loop-range"},
      {"for i in k { factor i }", "2:10 loop-range"},
      {"let d : int = 1.5\nfactor d", "2:15 type-mismatch"},
      {"let d : real[n, n] = X\nfactor d", "2:22 shape-mismatch"},
      {"let d : real[q] = y\nfactor d - y", ""},
      {"var s : real[n]\ns[1] = 1\nfor t in 2..n { s[t] = s[t - 1] + y[t] }\nfactor s", ""},
      {"var s : real[n]\ns = u\nfactor s", "3:5 shape-mismatch"},
      {"var s : int\ns = 1.5\nfactor s", "3:5 type-mismatch"},
      {"sample a : real[q] ~ normal(0, 1)\nfactor a", "2:17 unknown-size"},
      {"sample a : real[1.5] ~ normal(0, 1)\nfactor a", "2:17 size-not-int"},
      {"sample b ~ normal(0, 1)\nsample a : real[b] ~ normal(0, 1)\nfactor a", "3:17 latent-size"},
      {"sample b ~ normal(0, 1)\nfor i in 1..b { factor i }", "3:10 range-not-int"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.rest);
    CHECK(check(c.rest) == c.expected);
  }
}

TEST_CASE("a mismatch says where both sizes come from, and hints at as_column") {
  const Diagnostics found =
      tests::check_script("data X : real[n, p]\ndata y : real[n]\nfactor X - y");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "shapes [n, p] and [n] do not fit for `-`");
  CHECK(found[0].hint.find("as_column") != std::string::npos);
  REQUIRE(found[0].notes.size() == 2);
  CHECK(found[0].notes[0].message == "`n` is bound by `data X` here");
  CHECK(found[0].notes[0].span.begin == 14);
  CHECK(found[0].notes[1].message == "`p` is bound by `data X` here");
}

TEST_CASE("an unknown value causes no further errors") {
  CHECK(check("let a = nothing + 1\nlet b = a @ a[1, 2, 3]\nfactor exp(b, axis = a) + b'") ==
        "2:9 unknown-name\n4:15 unknown-argument");
  CHECK(check("let a = nothing\nsample b : real[a] ~ normal(a, a[1])\nobserve b ~ normal(a, 1)") ==
        "2:9 unknown-name");
}

TEST_CASE("several errors are found in one run, in the order of the text") {
  CHECK(check("factor X - y\nfactor y[0]\nfactor missing") ==
        "2:8 shape-mismatch\n3:10 subscript-out-of-range\n4:8 unknown-name");
}

TEST_CASE("a long sum is read") {
  std::string sum = "factor 1";
  for (int i = 0; i < 200; ++i) sum += " + 1";
  CHECK(check_text(sum) == "");
}

}  // namespace
}  // namespace vippl::lang
