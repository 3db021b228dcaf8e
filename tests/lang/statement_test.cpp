#include <doctest/doctest.h>

#include <string>

#include "lang/parse.h"
#include "lang/print_ast.h"

using namespace vippl::lang;

namespace {

std::string read(const std::string& text) {
  const Sources sources{SourceText("s.vi", text)};
  const ParseResult result = parse(sources[0]);
  const std::string diagnostics = render(result.diagnostics, sources);
  CAPTURE(diagnostics);
  CHECK(result.diagnostics.empty());
  return print_tree(result.script);
}

struct Case {
  const char* source;
  const char* tree;
};

}  // namespace

TEST_CASE("every statement of the reference is read") {
  const Case cases[] = {
      {"data y : real[n]", "(data y (type real [n]))\n"},
      {"data y : int(0..1)[n, p] = columns(a, b)",
       "(data y (type int ((.. 0 1)) [n p]) = (call columns a b))\n"},
      {"data y : real?[n]", "(data y (type real? [n]))\n"},
      {"data y : real?(lower = 0)[n]", "(data y (type real? ((= lower 0)) [n]))\n"},
      {"data g : category(\"low\", \"high\")[n]",
       "(data g (type category (\"low\" \"high\") [n]))\n"},
      {"data K : int = 8", "(data K (type int) = 8)\n"},
      {"let x = 1", "(let x = 1)\n"},
      {"let x : real[n - 1] = y", "(let x (type real [(- n 1)]) = y)\n"},
      {"var x", "(var x)\n"},
      {"var x : real[n]", "(var x (type real [n]))\n"},
      {"var x : real = 0", "(var x (type real) = 0)\n"},
      {"x = 1", "(= x 1)\n"},
      {"x[i, :] = 1", "(= (sub x i :) 1)\n"},
      {"x += 1; x -= 2; x *= 3; x /= 4", "(+= x 1)\n(-= x 2)\n(*= x 3)\n(/= x 4)\n"},
      {"x[1] -= -3", "(-= (sub x 1) (- 3))\n"},
      {"sample x ~ normal(0, 1)", "(sample x ~ (call normal 0 1))\n"},
      {"sample x : real[n] ~ normal(0, 1)", "(sample x (type real [n]) ~ (call normal 0 1))\n"},
      {"sample x : int(1..K)[T]", "(sample x (type int ((.. 1 K)) [T]))\n"},
      {"sample x[t, :] ~ f(x[t - 1])", "(sample (sub x t :) ~ (call f (sub x (- t 1))))\n"},
      {"sample by_state.tau ~ delta(v)", "(sample by_state.tau ~ (call delta v))\n"},
      {"sample x", "(sample x)\n"},
      {"observe log(y) ~ normal(0, 1)", "(observe (call log y) ~ (call normal 0 1))\n"},
      {"factor -x^2", "(factor (- (^ x 2)))\n"},
      {"derive r : real = a / b", "(derive r (type real) = (/ a b))\n"},
      {"generate y : real[n] ~ normal(0, 1)", "(generate y (type real [n]) ~ (call normal 0 1))\n"},
      {"guide { param m = 0.0\n param s : real(lower = 0)\n }",
       "(guide {(param m = 0.0) (param s (type real ((= lower 0))))})\n"},
      {"if a { b = 1 }", "(if a {(= b 1)})\n"},
      {"if a { b = 1 } else { b = 2 }", "(if a {(= b 1)} {(= b 2)})\n"},
      {"if a { }\nelse if b { x = 1 }\n\nelse {\n}", "(if a {} {(if b {(= x 1)})})\n"},
      {"if a { } else if b { } else if c { } else { x = 1 }",
       "(if a {} {(if b {} {(if c {} {(= x 1)})})})\n"},
      {"if (a) { b = 1 }", "(if a {(= b 1)})\n"},
      {"for i in 1..n {\n\n  x = i\n\n}", "(for i (.. 1 n) {(= x i)})\n"},
      {"for i in 1..n { x = i; y = i; }", "(for i (.. 1 n) {(= x i) (= y i)})\n"},
      {"while x > 1 { x = x / 2 }", "(while (> x 1) {(= x (/ x 2))})\n"},
      {"fn f(x) = x^2", "(fn f (x) {(return (^ x 2))})\n"},
      {"fn f(a, b : real[k], scale = 1,) : real[k] = a",
       "(fn f (a) (b (type real [k])) (scale = 1) (type real [k]) {(return a)})\n"},
      {"fn f() {\n  return 1\n}", "(fn f {(return 1)})\n"},
      {"model m(groups, scale = 1) { return scale }",
       "(model m (groups) (scale = 1) {(return scale)})\n"},
      {"import \"priors.vi\"", "(import \"priors.vi\")\n"},
      {"sample beta ~ beta(1, 1)", "(sample beta ~ (call beta 1 1))\n"},
      {"let real = 1", "(let real = 1)\n"},
      {"let x = 1 # why\n# more\n\nlet y = 2;;\n;", "(let x = 1)\n(let y = 2)\n"},
      {"let x =\n  1\n  + 2", "(let x = (+ 1 2))\n"},
      {"sample x : real[n]\n  ~ normal(0, 1)", "(sample x (type real [n]) ~ (call normal 0 1))\n"},
      {"let x = 1\r\nlet y = 2\r\n", "(let x = 1)\n(let y = 2)\n"},
      {"\xEF\xBB\xBFlet x = 1", "(let x = 1)\n"},
      {"", ""},
      {"\n\n", ""},
      {"# nothing\n", ""},
      {"# nothing", ""},
      {"   ", ""},
      {";", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.source);
    CHECK(read(each.source) == each.tree);
  }
}

TEST_CASE("a whole script is read") {
  CHECK(read(R"(# Crossed effects, a change point and a hand-written guide
data vote  : int(0..1)[n]
data state : category(S)[n]

model varying(groups, scale = 1) {
  sample tau ~ half_normal(scale)
  sample z : real[groups] ~ normal(0, 1)
  return tau * z
}

sample a ~ normal(0, 1)
sample by_state ~ varying(S)
sample year : int(1..n) ~ discrete_uniform(1, n)
let eta = a
        + by_state[state]
for t in 1..n {
  observe vote[t] ~ bernoulli_logit(if t < year
                                    then eta[t]
                                    else 0)
}
guide {
  param m : real = 0
  sample a ~ normal(m, 1)
}
)") == "(data vote (type int ((.. 0 1)) [n]))\n"
       "(data state (type category (S) [n]))\n"
       "(model varying (groups) (scale = 1) {(sample tau ~ (call half_normal scale)) (sample z "
       "(type real [groups]) "
       "~ (call normal 0 1)) (return (* tau z))})\n"
       "(sample a ~ (call normal 0 1))\n"
       "(sample by_state ~ (call varying S))\n"
       "(sample year (type int ((.. 1 n))) ~ (call discrete_uniform 1 n))\n"
       "(let eta = (+ a (sub by_state state)))\n"
       "(for t (.. 1 n) {(observe (sub vote t) ~ (call bernoulli_logit (if (< t year) (sub eta t) "
       "0)))})\n"
       "(guide {(param m (type real) = 0) (sample a ~ (call normal m 1))})\n");
}

TEST_CASE("spans of statements leave out the line end and the comment") {
  const std::string text =
      "  let x = f(1,\n  2)  # why\nif a { } else if b { x = 1 }\nsample x.y[1] : real ~ d";
  const ParseResult result = parse(SourceText("s.vi", text), 3);
  REQUIRE(result.diagnostics.empty());
  REQUIRE(result.script.statements.size() == 3);
  const auto slice = [&](Span span) {
    CHECK(span.source == 3);
    return text.substr(span.begin, span.end - span.begin);
  };
  CHECK(slice(result.script.statements[0].span) == "let x = f(1,\n  2)");
  CHECK(slice(result.script.statements[1].span) == "if a { } else if b { x = 1 }");
  const auto& choice = std::get<ast::If>(result.script.statements[1].node);
  CHECK(slice(choice.rejected.at(0).span) == "if b { x = 1 }");
  const auto& sample = std::get<ast::Sample>(result.script.statements[2].node);
  CHECK(slice(sample.target.name_span) == "x.y");
  CHECK(slice(sample.target.span) == "x.y[1]");
  CHECK(slice(sample.type->span) == "real");
}

TEST_CASE("an expression is a statement in the REPL, and only there") {
  for (const char* text : {"1 + 2", "x", "f(x)[1]", "-x", "if a then b else c",
                           "if (a) then b else c", "\"a\"", "[1, 2]"}) {
    CAPTURE(text);
    const ParseResult repl = parse(SourceText("r", text), 0, Dialect::repl);
    CHECK(repl.diagnostics.empty());
    REQUIRE(repl.script.statements.size() == 1);
    CHECK(std::holds_alternative<ast::Evaluate>(repl.script.statements[0].node));
    const ParseResult script = parse(SourceText("s.vi", text));
    REQUIRE(script.diagnostics.size() == 1);
    CHECK(script.diagnostics[0].code == "bare-expression");
    CHECK_FALSE(script.diagnostics[0].hint.empty());
  }
}
