// Rules of the interpreter that no example would meet by chance.
#include <doctest/doctest.h>

#include <string>

#include "lang/parse.h"
#include "runtime/model.h"
#include "stdlib/registry.h"
#include "tests/models/bind_script.h"

namespace vippl {

namespace {

std::unique_ptr<runtime::Model> make(const std::string& script) {
  const lang::Sources sources = {lang::SourceText("m.vi", script)};
  const lang::ParseResult parsed = lang::parse(sources[0]);
  REQUIRE_FALSE(lang::has_errors(parsed.diagnostics));
  lang::Diagnostics warnings;
  return runtime::make_model(parsed.script, sources, {}, stdlib::registry(), {}, warnings);
}

// The elements of the reported value `t`, at z = 0.
std::vector<double> value_of_t(const std::string& script) {
  const auto model = make(script);
  const runtime::Points z = runtime::Points::Zero(1, model->dimension());
  runtime::Draws draws;
  model->constrain(z, 1, draws);
  std::vector<double> result;
  for (const runtime::Quantity& quantity : model->quantities()) {
    if (quantity.name != "t") continue;
    for (std::size_t i = 0; i < quantity.maps.size(); ++i) {
      result.push_back(draws(0, quantity.offset + static_cast<Eigen::Index>(i)));
    }
  }
  return result;
}

}  // namespace

TEST_CASE("names of a function are its own, with or without parameters") {
  CHECK(value_of_t("let a = 5\nfn f() { let a = 1; return a }\nlet b = f()\nderive t = [a, b]") ==
        std::vector<double>{5, 1});
  CHECK(
      value_of_t(
          "var a = 5\nfn f() { var a = 1; a = a + 1; return a }\nlet b = f()\nderive t = [a, b]") ==
      std::vector<double>{5, 2});
}

TEST_CASE("an array over nothing keeps the shape of its elements") {
  CHECK(value_of_t("let m = [[i, 1, 5] for i in 1..0]\nderive t = [size(m, 1), size(m, 2)]") ==
        std::vector<double>{0, 3});
  CHECK(value_of_t("let m = [[i * j, 1] for i in 1..4, j in 3..2]\n"
                   "derive t = [size(m, 1), size(m, 2), size(m, 3)]") ==
        std::vector<double>{4, 0, 2});
  // What is evaluated for its shape leaves nothing on the tape.
  const auto model =
      make("sample a ~ normal(0, 1)\nlet m = [[exp(a), a / i] for i in 1..0]\nfactor sum(m) - a");
  CHECK(model->listing(runtime::Model::Stage::recorded).find("exp") == std::string::npos);
}

TEST_CASE("a size in a parameter's type is bound anew at each call") {
  CHECK(value_of_t("fn f(x : real[k]) = sum(x) / k\nderive t = [f([1, 2]), f([1, 2, 3])]") ==
        std::vector<double>{1.5, 2});
}

TEST_CASE("a function that is passed goes before a function of the parameter's name") {
  CHECK(value_of_t(
            "fn f(x) = x + 10\nfn apply(f, x) = f(x)\nderive t = [apply(exp, 0), apply(f, 0)]") ==
        std::vector<double>{1, 10});
}

TEST_CASE("index arrays of different shapes broadcast") {
  CHECK(value_of_t("let M = [[10 * i + j for j in 1..3] for i in 1..2]\n"
                   "derive t = flatten(M[as_column(1..2), 1..3])")
            .size() == 6);
  CHECK(value_of_t(
            "let M = [[10 * i + j for j in 1..3] for i in 1..2]\nlet ii = 1..2\nlet jj = 1..3\n"
            "derive t = flatten(M[as_column(ii), jj])") ==
        std::vector<double>{11, 12, 13, 21, 22, 23});
}

TEST_CASE("a choice on a generated value follows the draw") {
  const auto model = make(
      "sample x ~ normal(0, 1)\ngenerate k ~ bernoulli(0.5)\nderive t = if k == 1 then 10 else 0");
  const runtime::Points z = runtime::Points::Zero(200, 1);
  runtime::Draws draws;
  model->constrain(z, 1, draws);
  CHECK((draws.col(2) - 10 * draws.col(1)).isZero());
  CHECK(draws.col(1).mean() > 0.3);
  CHECK(draws.col(1).mean() < 0.7);
}

TEST_CASE("a branch on a latent follows each point, in every lane") {
  const auto model =
      make("sample x ~ normal(0, 1)\nif x > 0.5 { factor 3 * x } else { factor -x }");
  const auto buffers = model->make_workspace();
  runtime::Points z(11, 1);
  for (Eigen::Index i = 0; i < 11; ++i) z(i, 0) = 0.3 * static_cast<double>(i) - 1.4;
  runtime::LogDensities values(11);
  runtime::Points gradients(11, 1);
  model->evaluate(z, {}, *buffers, values, gradients);
  for (Eigen::Index i = 0; i < 11; ++i) {
    const double x = z(i, 0);
    const double slope = x > 0.5 ? 3 : -1;
    CHECK(values[i] == doctest::Approx(-0.5 * x * x - 0.91893853320467274 + slope * x));
    CHECK(gradients(i, 0) == doctest::Approx(slope - x));
  }
}

TEST_CASE("fixed values of a declared type are held to its bounds and constraints") {
  struct Case {
    std::string statements;
    std::string message;  // empty: accepted
  };
  const Case cases[] = {
      {"let m : real(lower = 0) = -1", "the type asks for at least 0, but the value is -1"},
      {"let m : real(lower = 0)[2] = [1, -1]", "the type asks for at least 0, but element 2 is -1"},
      {"let m : real(upper = [1, 2])[2] = [1, 3]",
       "the type asks for at most 2, but element 2 is 3"},
      {"let k : int(1..3) = 4", "the type asks for at most 3, but the value is 4"},
      {"let p : simplex[2] = [0.5, 0.7]", "the type is simplex, but the sum is 1.2, not 1"},
      {"let c : ordered[2] = [2, 1]", "the type is ordered, but"},
      {"fn f(s : real(lower = 0)) = s\nlet m = f(-2)",
       "the type asks for at least 0, but the value is -2"},
      {"fn f(s) : real(lower = 0) = s\nlet m = f(-2)",
       "the type asks for at least 0, but the value is -2"},
      {"let m : real(lower = 0)[2] = [0, 1]", ""},
      {"let k : int(1..3) = 3", ""},
      {"let p : simplex[2, 2] = [[0.5, 0.5], [0, 1]]", ""},
      // Of latents the values differ from point to point.
      {"let m : real(lower = 0) = -exp(a)", ""},
      {"let m : real(lower = a) = -100", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.statements);
    const test::Outcome outcome =
        test::make("sample a ~ normal(0, 1)\n" + each.statements + "\n", {});
    CHECK(outcome.code() == (each.message.empty() ? "" : "value-outside-type"));
    CHECK(outcome.message().substr(0, each.message.size()) == each.message);
  }
}

TEST_CASE("what cannot be recorded is refused in words") {
  struct Case {
    const char* code;
    const char* script;
  };
  const Case cases[] = {
      {"branch-on-generated",
       "sample x ~ normal(0, 1)\ngenerate k ~ bernoulli(0.5)\nif k == 1 { factor x }"},
      {"shape-mismatch",
       "sample th : simplex[3, 3]\nfor i in 1..3 { sample th[:, i] ~ dirichlet(ones(3)) }"},
      {"shape-mismatch", "sample th : simplex[3, 3]\nsample th[1, 1..2] ~ dirichlet(ones(2))"},
      {"shape-mismatch",
       "sample th : real[2, 3]\nfor i in 1..2 { sample th[i] ~ dirichlet(ones(3)) }"},
      {"shape-mismatch",
       "let m = [1, 1, 1] > 0\nlet al = [1.0, 1, 1]\nfactor log_density(dirichlet(al[m]), [0.5, "
       "0.5])"},
      {"empty-type", "sample p : simplex[0] ~ flat()"},
      {"shape-mismatch", "let n = 2\nsample a : real(lower = [1, 2, 3])[n] ~ normal(0, 1)"},
      {"recursion-too-deep", "fn f(x) = f(x + 1)\nlet a = f(1)"},
      {"element-not-sampled", "sample a : real[3]\nfor i in 1..2 { sample a[i] ~ normal(0, 1) }"},
      {"sampled-twice",
       "sample a : real[3]\nfor i in 1..3 { sample a[i] ~ normal(0, 1) }\nsample a[2] ~ normal(0, "
       "1)"},
      {"unassigned-element", "var a : real[3]\na[1] = 1\nlet b = sum(a)"},
      {"index-out-of-range", "let a = [1, 2, 3]\nlet b = a[4]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.script);
    try {
      make(c.script);
      FAIL_CHECK("accepted");
    } catch (const lang::ModelError& error) {
      CHECK(error.diagnostic().code == c.code);
    }
  }
}

}  // namespace vippl
