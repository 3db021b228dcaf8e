// Data of several files: which one a name is bound to, and rows put in the order of levels.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/models/bind_script.h"

namespace vippl::test {

namespace {

const std::string statements =
    "data county : category(J)[n]\ndata u : real[J] = field(\"t.u\", by = county)\n"
    "sample a ~ normal(0, 1)\nfactor a * sum(u)\n";

Outcome with_table(const std::string& table, const std::string& script = statements) {
  return make(script, {.csv = "county,y\nb,1\na,2\nb,3\n", .tables = {{"t.csv", table}}});
}

std::string sources_warning(const Outcome& outcome) {
  const auto found = std::ranges::find(outcome.warnings, "two-sources", &lang::Diagnostic::code);
  return found == outcome.warnings.end() ? "" : found->message;
}

}  // namespace

TEST_CASE(
    "each level needs one row of the other file, found by the column of the category's name") {
  CHECK(with_table("county,u\nb,2\nc,7\nc,8\na,1\n").message() == "");
  CHECK(with_table("county,u\nb,2\nc,7\n").message() ==
        "t.csv has no row for the level \"a\" of `county`, which `u` needs");
  CHECK(with_table("county,u\nb,2\na,7\nc,3\nb,4\n").message() ==
        "the level \"b\" of `county` stands twice: t.csv, line 2 and t.csv, line 5");
  const Outcome misspelt = with_table("count,u\nb,2\na,7\n");
  CHECK(misspelt.message() == "t.csv has no column `county` to match the rows of `u` by");
  REQUIRE(misspelt.error);
  CHECK(misspelt.error->hint == "it has `count`");
}

TEST_CASE("rows in another order keep their places for messages") {
  CHECK(with_table("county,u\nb,2\nc,x\na,1\n").message() ==
        "`u` is declared as real, but t.csv, line 3 holds the text \"x\"");
  CHECK(with_table("county,u\nb,NA\nc,7\na,1\n").message() ==
        "`u` has a missing value: t.csv, line 2");
  const std::string bounded =
      "data county : category(J)[n]\ndata u : real(lower = 0)[J] = field(\"t.u\", by = county)";
  CHECK(with_table("county,u\nc,2\nb,7\na,-1\n", bounded).message() ==
        "`u` must be at least 0, but t.csv, line 4 is -1");
}

TEST_CASE("a missing value of another table is a latent of its level") {
  const Outcome outcome =
      with_table("county,u\nb,2\nc,7\na,\n",
                 "data county : category(J)[n]\ndata u : real?[J] = field(\"t.u\", by = county)\n"
                 "observe u ~ normal(0, 1)");
  REQUIRE(outcome.message() == "");
  CHECK(outcome.model->quantities()[0].scalar_names == std::vector<std::string>{"u[1]"});
}

TEST_CASE("a name of several files is that of the first, with a warning unless it is said which") {
  const std::string end = "\nsample a ~ normal(0, 1)\nobserve y ~ normal(a, 1)";
  const std::string table = "y\n5\n6\n";
  const Outcome plain = with_table(table, "data y : real[n]" + end);
  CHECK(plain.model->sizes()[0].extent == 3);
  CHECK(sources_warning(plain) == "`y` is in d.csv and in t.csv: that of d.csv is used");
  const Outcome named = with_table(table, "data y : real[n] = field(\"t.y\")" + end);
  CHECK(named.model->sizes()[0].extent == 2);
  CHECK(sources_warning(named).empty());
  // The column by which rows are matched is in both files.
  CHECK(sources_warning(with_table("county,u\nb,2\na,1\n")).empty());
}

TEST_CASE("one size stands for one set of levels") {
  const Outcome outcome =
      make("data g : category(K)[n]\ndata h : category(K)[n]\nsample a : real[K] ~ normal(0, 1)",
           {.csv = "g,h\nx,x\ny,z\n"});
  CHECK(outcome.code() == "levels-disagree");
  CHECK(outcome.message() ==
        "the levels of `h` are not those of the category above with the same size: level 2 is "
        "\"z\" here, \"y\" there");
  CHECK(make("data g : category(K)[n]\ndata h : category(K)[n]\nsample a : real[K] ~ normal(0, 1)",
             {.csv = "g,h\nx,y\ny,x\n"})
            .message() == "");
}

TEST_CASE("a category that was chosen or collected keeps its levels") {
  const std::string script =
      "data g : category(K)[n]\ndata h : category(K)[n]\nsample a : real[K] ~ normal(0, 1)\n"
      "let first = [g[1], h[1]]\nlet mixed = if [true, false] then g else h\n"
      "factor sum(a[first] * (first == \"y\")) + sum(a[mixed] * (mixed == \"y\"))\n"
      "derive shown = mixed";
  const Outcome outcome = make(script, {.csv = "g,h\nx,y\ny,x\n"});
  REQUIRE(outcome.message() == "");
  const runtime::Quantity& shown = outcome.model->quantities().back();
  CHECK(shown.words.texts == std::vector<std::string>{"x", "y"});
  CHECK(shown.words.first == 1);
  CHECK(make("data g : category(K)[n]\ndata h : category(L)[n]\nsample a ~ normal(0, 1)\n"
             "let mixed = if [true, false] then g else h",
             {.csv = "g,h\nx,y\ny,z\n"})
            .code() == "levels-disagree");
}

}  // namespace vippl::test
