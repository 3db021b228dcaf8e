// What `data` statements make of data and settings, and what they refuse.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "tests/models/bind_script.h"

namespace vippl::test {

namespace {

Outcome make_with_json(const std::string& statements, const std::string& json) {
  return make(statements + "\nsample a ~ normal(0, 1)\n", {.json = json});
}

Outcome make_with_settings(const std::string& statements, std::map<std::string, double> settings,
                           const std::string& json = "") {
  Given given{.json = json};
  given.options.set = std::move(settings);
  return make(statements + "\nsample a ~ normal(0, 1)\n", given);
}

std::map<std::string, Eigen::Index> sizes(const Outcome& outcome) {
  REQUIRE(outcome.message() == "");
  std::map<std::string, Eigen::Index> result;
  for (const runtime::BoundSize& size : outcome.model->sizes()) result[size.name] = size.extent;
  return result;
}

}  // namespace

TEST_CASE("data of a constrained type are refused if they lie off it") {
  struct Case {
    const char* statement;
    const char* json;
    const char* message;
  };
  const Case cases[] = {
      {"data p : simplex[3]", R"({"p": [0.5, 0.5, 0.5]})",
       "`p` is declared as simplex, but the sum is 1.5, not 1 (from d.json, p[1])"},
      {"data p : simplex[3]", R"({"p": [0.5, 0.7, -0.2]})",
       "`p` is declared as simplex, but entry 3 is -0.2, less than 0 (from d.json, p[1])"},
      {"data p : simplex[n, 2]", R"({"p": [[0.5, 0.5], [0.3, 0.6]]})",
       "`p` is declared as simplex, but in number 2 the sum is 0.9, not 1 (from d.json, p[2,1])"},
      {"data c : ordered[3]", R"({"c": [3.0, 2.0, 1.0]})",
       "`c` is declared as ordered, but entry 2 is 2, not greater than entry 1, 3 (from d.json, "
       "c[1])"},
      {"data S : cov[2]", R"({"S": [[1.0, 0.5], [0.1, 1.0]]})",
       "`S` is declared as cov, but entry [2, 1] is 0.1, but entry [1, 2] is 0.5: not symmetric "
       "(from d.json, S[1,1])"},
      {"data S : cov[g, k]", R"({"S": [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]]})",
       "`S` is declared as cov, but in number 2 the matrix is not positive definite (from d.json, "
       "S[2,1,1])"}};
  for (const Case& c : cases) {
    CAPTURE(c.json);
    const Outcome outcome = make_with_json(c.statement, c.json);
    CHECK(outcome.code() == "data-outside-type");
    CHECK(outcome.message() == c.message);
  }
  CHECK(make_with_json("data S : cov[2]", R"({"S": [[1.0, 0.5, 0], [0.5, 1.0, 0]]})").message() ==
        "dimension 2 of `S` is declared as 2 = 2, but has 3 entries in d.json");
}

TEST_CASE("data of a constrained type are taken if they lie on it, a face of a simplex included") {
  for (const char* statement :
       {"data p : simplex[3]", "data c : ordered[2]", "data S : cov[k]", "data R : corr[g, k]",
        "data L : cov_cholesky[2]", "data E : cov[g, k]"}) {
    CAPTURE(statement);
    CHECK(make_with_json(statement, R"({"p": [0.5, 0.0, 0.5], "c": [1, 2], "S": [[2, 1], [1, 2]],
                                   "R": [[[1, 0.5], [0.5, 1]]], "L": [[1, 0], [3, 2]],
                                   "E": []})")
              .message() == "");
  }
}

TEST_CASE("bounds that are arrays are stretched over the data") {
  const std::string statements =
      "data low : real[k]\ndata y : real(lower = low)[n, k]\ndata big : real[n]";
  const std::string first = R"({"low": [0, 10], "big": [1, 2, 3], "y": )";
  CHECK(make_with_json(statements, first + "[[1, 11], [2, 12], [3, 13]]}").message() == "");
  CHECK(make_with_json(statements, first + "[[1, 11], [2, 9], [3, 8]]}").message() ==
        "`y` must be at least 10, but d.json, y[2,2] is 9");
  CHECK(make_with_json("data big : real[m]\ndata y : real(lower = big)[n, k]",
                       first + "[[1, 11], [2, 12], [3, 13]]}")
            .code() == "shape-mismatch");
}

TEST_CASE("columns side by side are held to the declared element and its bounds") {
  const Given given{.csv = "x1,x2,t\n1,2,a\n1,1.5,b\n3,2.5,c\n"};
  const Outcome reals = make("data X : int[n, p] = columns(\"x*\")", given);
  CHECK(reals.message() == "`X` is declared as int, but column `x2` of d.csv, line 3 is 1.5");
  REQUIRE(reals.error);
  CHECK(reals.error->hint == "and 1 more: column `x2` of d.csv, line 4");
  CHECK(make("data X : real(upper = 2)[n, p] = columns(x1, x2)", given).message() ==
        "`X` must be at most 2, but column `x1` of d.csv, line 4 is 3");
  CHECK(make("data X : real[n, p] = columns(x1, t)", given).message() ==
        "`t` is declared as real, but d.csv, line 2 holds the text \"a\"");
  CHECK(make("data X : real[n, p] = columns(x1, v)", {.csv = "x1\n1\n2\n", .json = "{\"v\": [1]}"})
            .code() == "size-mismatch");
}

TEST_CASE("a setting that is no value of its data is refused") {
  struct Case {
    const char* statement;
    std::map<std::string, double> set;
    const char* code;
  };
  const Case cases[] = {{"data K : int", {{"K", 2.5}}, "type-mismatch"},
                        {"data K : bool", {{"K", 7}}, "type-mismatch"},
                        {"data K : int(lower = 1)", {{"K", 0}}, "data-out-of-bounds"},
                        {"data K : int", {{"K", 5}, {"k", 2}}, "unknown-setting"},
                        {"data v : real[n]", {{"v", 5}}, "wrong-setting"},
                        {"data v : real[n]", {{"n", 5}}, "size-mismatch"},
                        {"data v : real[n]", {{"n", 1.5}}, "type-mismatch"}};
  for (const Case& c : cases) {
    CAPTURE(c.statement);
    CHECK(make_with_settings(c.statement, c.set, R"({"v": [1, 2, 3]})").code() == c.code);
  }
  const Outcome misspelt = make_with_settings("data count : int = 3", {{"cuont", 5}});
  REQUIRE(misspelt.error);
  CHECK(misspelt.error->hint == "did you mean `count`?");
}

TEST_CASE("a setting gives a scalar of the data, or agrees with a size") {
  CHECK(make_with_settings("data K : int = 8", {{"K", 5}}).message() == "");
  CHECK(make_with_settings("data v : real[n]", {{"n", 3}}, R"({"v": [1, 2, 3]})").message() == "");
  CHECK(sizes(make_with_settings("data g : int(1..J)[n]", {{"J", 4}}, R"({"g": [1, 2, 3]})"))
            .at("J") == 4);
  CHECK(make_with_settings("data g : int(1..J)[n]", {{"J", 2}}, R"({"g": [1, 2, 3]})").code() ==
        "data-out-of-bounds");
  runtime::ModelOptions options;
  options.set["later"] = 1;
  options.settings_may_wait = true;
  CHECK(make("sample a ~ normal(0, 1)", {.options = options}).message() == "");
}

TEST_CASE("fixed arguments and data are held to supports of vectors and matrices") {
  struct Case {
    const char* script;
    const char* message;
  };
  const Case cases[] = {
      {"observe 1 ~ categorical([0.5, 0.6])",
       "`p` of `categorical` must be simplex, but the sum is 1.1, not 1"},
      {"observe [1, 2] ~ categorical([[0.5, 0.5], [0.5, 0.6]])",
       "`p` of `categorical` must be simplex, but the sum is 1.1, not 1 (number 2)"},
      {"data M : real[2, 2]\nobserve [0.1, 0.2] ~ multi_normal(0, M)",
       "`covariance` of `multi_normal` must be cov, but the matrix is not positive definite"},
      {"data P : real[n, 2]\nobserve P ~ dirichlet([1, 1])",
       "`dirichlet` cannot produce this value: the sum is 1.5, not 1 (number 2) (from d.json, "
       "P[2,1])"}};
  for (const Case& c : cases) {
    CAPTURE(c.script);
    CHECK(make_with_json(c.script, R"({"M": [[1, 2], [2, 1]], "P": [[0.5, 0.5], [0.5, 1]]})")
              .message() == c.message);
  }
  CHECK(make_with_json("observe [1, 2] ~ categorical([0.5, 0.5, 0])", "{}").message() == "");
}

TEST_CASE("bounds of a support that are arrays are stretched over the observed value") {
  const std::string json = R"({"a": [1, 10], "y": [[0.5, 9], [0.7, 9], [1.5, 9]]})";
  CHECK(make_with_json("data a : real[k]\ndata y : real[n, k]\nobserve y ~ uniform(0, a)", json)
            .message() == "d.json, y[3,1] is 1.5, which `uniform` cannot produce");
}

TEST_CASE("a datum off the support is named by its place in the file") {
  const Given given{.csv = "y,z\n1,1\n2,2\n-3,2\n"};
  const std::string model = "sample s ~ exponential(1)\n";
  CHECK(make("data y : real[n]\n" + model + "observe y ~ exponential(s)", given).message() ==
        "d.csv, line 4 is -3, which `exponential` cannot produce");
  CHECK(make("data x : real[n] = field(\"y\")\n" + model + "observe x ~ exponential(s)", given)
            .message() == "d.csv, line 4 is -3, which `exponential` cannot produce");
  CHECK(make("data y : real[n]\n" + model + "observe y - 3 ~ exponential(s)", given).message() ==
        "element 1 of this value is -2, which `exponential` cannot produce");
  CHECK(make("data y : real[n]\n" + model + "observe log(y) ~ normal(0, s)", given).message() ==
        "element 3 of this value is NaN, which `normal` cannot produce");
}

TEST_CASE("an int of the data that measures an array is a size of its own") {
  const std::string json =
      R"({"N": 3, "J": 3, "y": [1, 2, 3], "g": [1, 3, 2], "w": [0.1, 0.2, 0.3]})";
  const std::string statements =
      "data N : int\ndata J : int\ndata y : real[N]\ndata g : int(1..J)[N]\ndata w : real[J]\n"
      "sample a ~ normal(0, 1)\n";
  const Outcome outcome = make(statements + "observe y ~ normal(a, 1)", {.json = json});
  CHECK(sizes(outcome) == std::map<std::string, Eigen::Index>{{"N", 3}, {"J", 3}});
  CHECK(make(statements + "observe y ~ normal(a + w, 1)", {.json = json}).code() ==
        "shape-mismatch");
  CHECK(make(statements + "observe y ~ normal(a + w[g], 1)", {.json = json}).message() == "");

  Given batched{.json = json};
  batched.options.batch = runtime::Batch{"N", 2};
  const Outcome cut = make(statements + "observe y ~ normal(a, 1)", batched);
  REQUIRE(cut.message() == "");
  CHECK(cut.model->row_count() == 3);
  CHECK(cut.model->batch_size() == 2);
}

TEST_CASE("sizes that disagree are shown with the place where they were bound") {
  const std::string script = "data v : real[n]\ndata w : real[n]\nsample a ~ normal(0, 1)\n";
  const Outcome outcome = make(script, {.json = R"({"v": [1, 2], "w": [1, 2, 3]})"});
  CHECK(outcome.code() == "size-mismatch");
  REQUIRE(outcome.error);
  REQUIRE(outcome.error->notes.size() == 1);
  CHECK(outcome.error->notes[0].span.begin == script.find("[n]") + 1);
}

TEST_CASE("infinite cells of a table are refused, infinite numbers of JSON are not") {
  const std::string statements = "data y : real[n]\n";
  CHECK(make(statements, {.csv = "y\n1\ninf\n2\n"}).message() == "`y` is infinite: d.csv, line 3");
  CHECK(make("data X : real[n, p] = columns(x, y)", {.csv = "x,y\n1,2\n-inf,inf\n"}).message() ==
        "`X` is infinite in 2 rows: column `x` of d.csv, line 3; column `y` of d.csv, line 3");
  CHECK(make_with_json(statements, R"({"y": [1, "inf"]})").message() == "");
}

TEST_CASE("missing values are counted, and the first three named") {
  CHECK(make("data y : real[n]", {.csv = "y\n1\nNA\n2\n"}).message() ==
        "`y` has a missing value: d.csv, line 3");
  CHECK(make("data y : real[n]", {.csv = "y\nNA\n1\nNA\nNA\nNA\n"}).message() ==
        "`y` has 4 missing values: d.csv, line 2; d.csv, line 4; d.csv, line 5; ...");
  CHECK(make("data X : real[n, p] = columns(x, y)", {.csv = "x,y\n1,NA\n2,NA\n"}).message() ==
        "`y` has 2 missing values: d.csv, line 2; d.csv, line 3");
}

TEST_CASE("a number with a decimal comma is recognised") {
  const Outcome outcome = make("data y : real[n]", {.csv = "x;y\n1;2\n2;14,23\n"});
  CHECK(outcome.message() == "`y` is declared as real, but d.csv, line 3 holds the text \"14,23\"");
  REQUIRE(outcome.error);
  CHECK(outcome.error->hint == "a decimal comma is not read: write 14.23");
}

TEST_CASE("an observe over no rows is legal, and warned of") {
  const std::string script = "data y : real[n]\nsample a ~ normal(0, 1)\nobserve y ~ normal(a, 1)";
  const Outcome empty = make(script, {.json = R"({"y": []})"});
  CHECK(empty.message() == "");
  REQUIRE(empty.warnings.size() == 1);
  CHECK(empty.warnings[0].code == "no-rows");
  CHECK(empty.warnings[0].message == "`y` has no rows: nothing is observed by this statement");
  CHECK(make(script + "  # allow: no-rows", {.json = R"({"y": []})"}).warnings.empty());
  CHECK(make(script, {.json = R"({"y": [1]})"}).warnings.empty());
}

}  // namespace vippl::test
