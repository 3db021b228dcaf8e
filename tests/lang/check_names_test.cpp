#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/support/check_script.h"

namespace vippl::lang {
namespace {

using tests::check_text;

struct Case {
  std::string script;
  std::string expected;
};

TEST_CASE("names are defined once, above their use") {
  const Case cases[] = {
      {"factor a", "1:8 unknown-name"},
      {"factor b\nlet b = 1", "1:8 used-before-definition"},
      {"let a = a + 1", "1:9 unknown-name"},
      {"let a = 1\nlet a = 2\nfactor a", "2:5 redefinition"},
      {"data y : real[n]\nlet n = 3\nfactor y * n", "2:5 redefinition"},
      {"let a = 1\nfor a in 1..3 { factor a }", "2:5 redefinition"},
      {"let a = exp\nfactor a", "1:9 function-as-value"},
      {"let a = normal\nfactor a", "1:9 distribution-as-value"},
      {"let a = normal(0, 1)\nfactor a", "1:9 distribution-as-value"},
      {"for i in 1..3 { let b = i }\nfactor b", "2:8 unknown-name"},
      {"let a = expp(1)\nfactor a", "1:9 unknown-function"},
      {"let x = 1\nfactor x(2)", "2:8 unknown-function"},
      {"sample a ~ nomal(0, 1)\nfactor a", "1:12 unknown-distribution"},
      {"sample a ~ normal(0, scal = 1)\nfactor a", "1:22 unknown-argument"},
      {"sample a ~ normal(0)\nfactor a", "1:12 wrong-argument-count"},
      {"sample a ~ weibull(1, 1)\nfactor a", "1:12 not-available"},
      {"factor bessel_i(1, 2)", "1:8 not-available"},
      {"let a : rael = 1\nfactor a", "1:9 unknown-type"},
      {"let a = [f(i) for i in 1..3]\nfactor a\nfn f(x) = x", "1:10 used-before-definition"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.script);
    CHECK(check_text(c.script) == c.expected);
  }
}

TEST_CASE("a misspelt name gets the nearest one, and a later definition its place") {
  const Diagnostics misspelt = tests::check_script("let sigma = 1\nfactor sigmo");
  REQUIRE(misspelt.size() == 1);
  CHECK(misspelt[0].message == "`sigmo` is not defined");
  CHECK(misspelt[0].hint == "did you mean `sigma`?");
  const Diagnostics early = tests::check_script("factor b\nlet b = 1");
  REQUIRE(early.size() == 1);
  REQUIRE(early[0].notes.size() == 1);
  CHECK(early[0].notes[0].span.begin == 13);
}

TEST_CASE("a distribution that goes by another name elsewhere gets its name here") {
  struct Synonym {
    std::string written;
    const char* meant;
  };
  const Synonym cases[] = {
      {"gaussian", "normal"},
      {"Normal", "normal"},
      {"norm", "normal"},
      {"dnorm", "normal"},
      {"normal_lpdf", "normal"},
      {"half_gaussian", "half_normal"},
      {"HalfNormal", "half_normal"},
      {"halfcauchy", nullptr},  // not in this table of names
      {"exp", "exponential"},   // a function
      {"bern", "bernoulli"},
      {"mvn", "multi_normal"},
      {"multivariate_normal", "multi_normal"},
      {"wibble", nullptr},
  };
  for (const Synonym& each : cases) {
    CAPTURE(each.written);
    const Diagnostics found = tests::check_script("sample a ~ " + each.written + "(1)\nfactor a");
    REQUIRE(found.size() == 1);
    CHECK(found[0].code == (each.written == "exp" ? "not-a-distribution" : "unknown-distribution"));
    const std::string hint =
        each.meant == nullptr ? "" : "did you mean `" + std::string(each.meant) + "`? ";
    CHECK(found[0].hint.substr(0, hint.size()) == hint);
    CHECK(found[0].hint.empty() == (each.meant == nullptr));
  }
}

TEST_CASE("a density added to a target is a factor here") {
  const Diagnostics found = tests::check_script("target += normal_lpdf(1, 2, 3)");
  REQUIRE(found.size() == 2);
  CHECK(found[0].code == "unknown-name");
  CHECK(found[0].hint.find("`factor e`") != std::string::npos);
  CHECK(found[1].code == "unknown-function");
  CHECK(found[1].hint.find("`observe y ~ normal(...)`") != std::string::npos);
  CHECK(check_text("var target = 0\ntarget += 1\nfactor target") == "");
}

TEST_CASE("what this version lacks names what it has") {
  const Diagnostics weibull = tests::check_script("sample a ~ weibull(1, 1)\nfactor a");
  REQUIRE(weibull.size() == 1);
  CHECK(weibull[0].message == "`weibull` is not available in this version");
  CHECK(weibull[0].hint == "available are `half_normal`, `exponential`, `gamma`");
}

TEST_CASE("values, functions and distributions live in separate tables") {
  CHECK(check_text("data y : real[n]\nsample beta ~ beta(1, 1)\nlet mean = mean(y)\n"
                   "observe y ~ normal(beta, exp(mean))") == "");
}

TEST_CASE("block names are local, and those of latents belong to the script") {
  CHECK(
      check_text("let c = true\nif c { sample a ~ normal(0, 1) } else { sample a ~ normal(1, 1) }\n"
                 "for i in 1..2 { let b = i; factor a * b }\nlet b = 3\nfactor b") == "");
  CHECK(check_text("if true { sample a ~ normal(0, 1) }\nsample a ~ normal(0, 1)\nfactor a") ==
        "2:8 redefinition");
}

TEST_CASE("only a `var` is assigned to") {
  CHECK(check_text("let a = 1\na = 2\nfactor a") == "2:1 assignment-to-constant");
  CHECK(check_text("for i in 1..3 { i = 2 }") == "1:17 assignment-to-constant");
  CHECK(check_text("b = 2") == "1:1 unknown-name");
  CHECK(check_text("var a = 1\na = 2.5\nfactor a") == "");
}

TEST_CASE("columns are looked for in the data") {
  DataFacts facts;
  facts.known = true;
  facts.names = {"alcohol", "ash", "hue", "Total Phenols", "w_1", "w_2"};
  const auto check = [&](const char* script) { return check_text(script, facts); };
  CHECK(check("data alcohol : real[n]\nfactor alcohol") == "");
  CHECK(check("data alcohl : real[n]\nfactor alcohl") == "1:6 unknown-column");
  CHECK(check("data p : real[n] = field(\"Total Phenols\")\nfactor p") == "");
  CHECK(check("data p : real[n] = field(\"Totl Phenols\")\nfactor p") == "1:26 unknown-column");
  CHECK(check("data X : real[n, p] = columns(ash, heu)\nfactor X") == "1:36 unknown-column");
  CHECK(check("data X : real[n, p] = columns(\"w_*\")\nfactor X") == "");
  CHECK(check("data X : real[n, p] = columns(\"x*\")\nfactor X") == "1:31 unknown-column");
  CHECK(check("data X : real[n, p] = columns(except = [hue, nothing])\nfactor X") ==
        "1:46 unknown-column");
  CHECK(check("data K : int = 8\nfactor K") == "");
  const Diagnostics near = tests::check_script("data alcohl : real[n]\nfactor alcohl", facts);
  REQUIRE(near.size() == 1);
  CHECK(near[0].hint == "did you mean `alcohol`?");
}

TEST_CASE("columns and field stand in data only") {
  CHECK(check_text("let X = columns(\"x*\")\nfactor X") == "1:9 misplaced-columns");
  CHECK(check_text("data X : real[n] = columns(\"x*\")\nfactor X") == "1:20 shape-mismatch");
  CHECK(check_text("data X : real[n, 3] = columns(a, b)\nfactor X") == "1:23 shape-mismatch");
}

TEST_CASE("a comment allows a warning on its line") {
  CHECK(check_text("data y : real[n]\ndata z : real[n]\nfactor y") == "2:6 unused-data warning");
  CHECK(check_text("data y : real[n]\ndata z : real[n]  # allow: unused-data\nfactor y") == "");
  CHECK(check_text("data y : real[n]\ndata z : real[n]  # allow: unused-name\nfactor y") ==
        "2:6 unused-data warning");
}

}  // namespace
}  // namespace vippl::lang
