#include <doctest/doctest.h>

#include <string>

#include "lang/parse.h"

using namespace vippl::lang;

namespace {

struct Case {
  std::string text;
  const char* code;
  const char* place;  // line:column
};

std::string place(const SourceText& text, Span span) {
  const Position position = text.position(span.begin);
  return std::to_string(position.line) + ":" + std::to_string(position.column);
}

}  // namespace

TEST_CASE("each mistake gives one diagnostic, with its code and place") {
  const Case cases[] = {
      // the wrong symbol of a statement
      {"sample x = normal(0, 1)", "equals-for-tilde", "1:10"},
      {"observe y = normal(0, 1)", "equals-for-tilde", "1:11"},
      {"sample x : real[n] = normal(0, 1)", "equals-for-tilde", "1:20"},
      {"observe y == normal(0, 1)", "equals-for-tilde", "1:11"},
      {"observe y <- normal(0, 1)", "arrow-assignment", "1:11"},
      {"sample x <- normal(0, 1)", "arrow-assignment", "1:10"},
      {"sample x := normal(0, 1)", "colon-equals", "1:10"},
      {"observe y := normal(0, 1)", "colon-equals", "1:11"},
      {"observe y <- 3", "missing-tilde", "1:15"},
      {"sample x ~ normal(0, = 1)", "expected-expression", "1:22"},
      {"let a ~ normal(0, 1)", "tilde-for-equals", "1:7"},
      {"data y : real ~ normal(0, 1)", "tilde-for-equals", "1:15"},
      {"let x == 3", "double-equals", "1:7"},
      {"if a = b { }", "single-equals", "1:6"},
      {"let v = x = y", "single-equals", "1:11"},
      {"let x <- 3", "arrow-assignment", "1:7"},
      {"x <- 3", "arrow-assignment", "1:3"},
      {"let x := 3", "colon-equals", "1:7"},
      {"let x += 3", "assignment-operator", "1:7"},
      {"x + 1 = 3", "assignment-target", "1:1"},
      {"f(x) = 3", "assignment-target", "1:1"},
      {"sample x normal(0, 1)", "missing-tilde", "1:10"},
      {"observe y normal(0, 1)", "missing-tilde", "1:11"},
      {"observe y", "missing-tilde", "1:10"},
      {"y ~ normal(0, 1)", "missing-sample-or-observe", "1:1"},
      {"log(y) ~ normal(0, 1)", "missing-sample-or-observe", "1:1"},
      {"data y", "missing-type", "1:7"},
      {"model m(x) = 3", "model-body", "1:12"},
      // other languages
      {"for (i in 1:n) { }", "for-parentheses", "1:5"},
      {"for i in 1:n { }", "colon-range", "1:11"},
      {"let x = a[1:3]", "colon-range", "1:12"},
      {"for i in range(n):\n  x += 1", "colon-block", "1:18"},
      {"if x > 1: y = 2", "colon-block", "1:9"},
      {"while x > 1:", "colon-block", "1:12"},
      {"let a = b ** 2", "power-operator", "1:11"},
      {"let a = b % 2", "foreign-operator", "1:11"},
      {"let a = b %*% c", "foreign-operator", "1:11"},
      {"let a = b && c", "foreign-operator", "1:11"},
      {"let a = b || c", "foreign-operator", "1:11"},
      {"let a = !b", "foreign-operator", "1:9"},
      {"let a = b ? c : d", "foreign-operator", "1:11"},
      {"let a = b .* c", "foreign-operator", "1:11"},
      {"fn f(x) -> real = x", "foreign-operator", "1:9"},
      {"let a = +3", "unary-plus", "1:9"},
      {"let a = b \u2264 c", "foreign-symbol", "1:11"},
      {"let a = \u22123", "foreign-symbol", "1:9"},
      {"let a = x\u00B2", "foreign-symbol", "1:10"},
      {"let a = \u201Cb\u201D", "foreign-symbol", "1:9"},
      {"let a = 'text'", "single-quotes", "1:9"},
      {"let a = {1, 2}", "braces-for-array", "1:9"},
      {"data y : real<lower=0>[n]", "angle-bounds", "1:14"},
      {"sample s : real > 0 ~ exponential(1)", "angle-bounds", "1:17"},
      {"sample s : real >= 0", "angle-bounds", "1:17"},
      {"let a = x > 3 > 2", "chained-comparison", "1:15"},
      {"data {\n}", "section", "1:1"},
      {"model {\n}", "section", "1:1"},
      {"parameters {\n}", "unknown-statement", "1:1"},
      {"real x;", "unknown-statement", "1:1"},
      {"real<lower=0> x;", "unknown-statement", "1:1"},
      {"real<lower=0> x = 3;", "unknown-statement", "1:1"},
      {"real<lower=0, upper=1> x", "unknown-statement", "1:1"},
      {"matrix[n, p] x", "unknown-statement", "1:1"},
      {"real < lower = 3", "assignment-target", "1:1"},
      {"target += normal_lpdf(y | m, s)", "foreign-density", "1:11"},
      {"factor exp(normal_lpdf(y | m, s))", "foreign-density", "1:12"},
      {"factor a | b", "foreign-operator", "1:10"},
      {"def f(x):", "unknown-statement", "1:1"},
      {"print(x)", "unknown-statement", "1:1"},
      {"elif x { }", "unknown-statement", "1:1"},
      {"if a { } elif b { }", "unknown-statement", "1:10"},
      {"let a = 1 // b", "foreign-comment", "1:11"},
      // statements
      {"obserb y ~ normal(0, 1)", "unknown-statement", "1:1"},
      {"Sample x ~ normal(0, 1)", "unknown-statement", "1:1"},
      {"= 3", "unknown-statement", "1:1"},
      {"else { }", "else-without-if", "1:1"},
      {"let a = 1\nelse { }", "else-without-if", "2:1"},
      {"1 + 2", "bare-expression", "1:1"},
      {"let a = 1 let b = 2", "missing-line-end", "1:11"},
      {"for i in 1..n\n{\n}", "missing-block", "1:14"},
      {"for i in 1..n", "missing-block", "1:14"},
      {"fn f(x)", "missing-block", "1:8"},
      {"import priors", "expected-symbol", "1:8"},
      {"let 3x = 2", "expected-name", "1:5"},
      {"data y : 3", "expected-type", "1:10"},
      {"data y : real[:]", "open-shape", "1:15"},
      // names
      {"let data = 3", "reserved-name", "1:5"},
      {"let a = data + 1", "reserved-name", "1:9"},
      {"let a = f(model = 3)", "reserved-name", "1:11"},
      {"for in in 1..2 { }", "reserved-name", "1:5"},
      // expressions
      {"let a = b < c < d", "chained-comparison", "1:15"},
      {"let a = b == c == d", "chained-comparison", "1:16"},
      {"let a = 1..2..3", "chained-range", "1:13"},
      {"let a = - not b", "not-needs-brackets", "1:11"},
      {"let a = b == not c", "not-needs-brackets", "1:14"},
      {"let a = 1 + if b then c else d", "bare-choice", "1:13"},
      {"let a = if b then c", "incomplete-choice", "1:20"},
      {"let a = if b", "incomplete-choice", "1:13"},
      {"let a =", "expected-expression", "1:8"},
      {"let a = 1 +\nlet b = 2", "expected-expression", "1:12"},
      {"let a = 1 + * 2", "expected-expression", "1:13"},
      {"let a = f(,)", "expected-expression", "1:11"},
      {"let a = f(1, *)", "expected-expression", "1:14"},
      {"let a = x[]", "expected-expression", "1:11"},
      {"let a = f(1 2)", "expected-symbol", "1:13"},
      {"let a = [1 2]", "expected-symbol", "1:12"},
      {"let a = b.1", "expected-name", "1:11"},
      {"let a = [b, c for i in 1..3]", "comprehension-element", "1:9"},
      {"let a = 2 x", "unexpected-text", "1:11"},
      {"let a = b \"c\"", "unexpected-text", "1:11"},
      // numbers and strings
      {"let a = 1. + 2", "bad-number", "1:9"},
      {"let a = .5", "bad-number", "1:9"},
      {"let a = 3x", "bad-number", "1:9"},
      {"let a = 0x1F", "bad-number", "1:9"},
      {"let a = 1__0", "bad-number", "1:9"},
      {"let a = 1_", "bad-number", "1:9"},
      {"let a = 1e", "bad-number", "1:9"},
      {"let a = 1.2.3", "bad-number", "1:9"},
      {"let a = 1e999", "number-too-large", "1:9"},
      {"let a = 9007199254740993", "number-too-large", "1:9"},
      {"let a = \"b\\q\"", "bad-escape", "1:11"},
      {"let a = \"b", "unclosed-string", "1:9"},
      // brackets
      {"let a = (1 + 2", "unclosed-bracket", "1:9"},
      {"let a = f(1, [2, 3\nlet b = 1", "unclosed-bracket", "1:14"},
      {"for i in 1..2 {\n  x = 1", "unclosed-bracket", "1:15"},
      {"let a = 1)", "stray-bracket", "1:10"},
      {"}", "stray-bracket", "1:1"},
      {"let a = (1]", "mismatched-bracket", "1:11"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    const SourceText text("s.vi", each.text);
    const ParseResult result = parse(text);
    const std::string shown = render(result.diagnostics, {text});
    CAPTURE(shown);
    REQUIRE(!result.diagnostics.empty());
    CHECK(result.diagnostics[0].code == each.code);
    CHECK(place(text, result.diagnostics[0].span) == each.place);
    CHECK(result.diagnostics[0].severity == Severity::error);
    CHECK(result.diagnostics.size() == 1);
  }
}

TEST_CASE("messages say what was expected and found, hints what to write") {
  struct Wording {
    const char* text;
    const char* message;
    const char* hint;
  };
  const Wording cases[] = {
      {"sample x = normal(0, 1)", "`sample` takes a distribution after `~`, found `=`",
       "write `sample x ~ normal(0, 1)`; a value is named with `let`, or with `derive` to report "
       "it"},
      {"observe y <- normal(a, 1)", "`observe` takes a distribution after `~`, found `<-`",
       "write `observe y ~ normal(a, 1)`"},
      {"sample x : real := normal(0, 1)", "`sample` takes a distribution after `~`, found `:=`",
       "write `sample x : real ~ normal(0, 1)`"},
      {"generate z =", "`generate` takes a distribution after `~`, found `=`",
       "write `generate z ~ ...`; a value is named with `let`, or with `derive` to report it"},
      {"target += normal_lpdf(y | mu, sigma)", "`normal_lpdf` is not how a density is written",
       "write `observe y ~ normal(mu, sigma)` for data, `factor log_density(normal(mu, sigma), y)` "
       "for a latent"},
      {"factor exp(poisson_lpmf(y + 1 | f(a, b)))",
       "`poisson_lpmf` is not how a density is written",
       "write `observe y + 1 ~ poisson(f(a, b))` for data, `factor log_density(poisson(f(a, b)), y "
       "+ 1)` for a latent"},
  };
  for (const Wording& each : cases) {
    CAPTURE(each.text);
    const ParseResult result = parse(SourceText("s.vi", each.text));
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].message == each.message);
    CHECK(result.diagnostics[0].hint == each.hint);
  }
}

TEST_CASE("a declaration of Stan is written as a statement of a script") {
  struct Declaration {
    const char* text;
    const char* hint;
  };
  const Declaration cases[] = {
      {"real mu;", "write `sample mu : real ~ ...` for an unknown, `data mu : real` for data"},
      {"real<lower=0> sigma;",
       "write `sample sigma : real(lower = 0) ~ ...` for an unknown, `data sigma : real(lower = "
       "0)` for data"},
      {"real<lower=f(a, b), upper = 1> p",
       "write `sample p : real(lower = f(a, b), upper = 1) ~ ...` for an unknown, `data p : "
       "real(lower = f(a, b), upper = 1)` for data"},
      {"real<multiplier=2> a",
       "write `sample a : real ~ ...` for an unknown, `data a : real` for data"},
      {"int<lower=0> n;", "write `data n : int(lower = 0)`"},
      {"array[n] int<lower=0, upper=1> y;", "write `data y : int(lower = 0, upper = 1)[n]`"},
      {"int y[n];", "write `data y : int[n]`"},
      {"vector[n] x;",
       "write `sample x : real[n] ~ ...` for an unknown, `data x : real[n]` for data"},
      {"matrix[n, p] X;",
       "write `sample X : real[n, p] ~ ...` for an unknown, `data X : real[n, p]` for data"},
      {"array[J] vector<lower=0>[K] tau;",
       "write `sample tau : real(lower = 0)[J, K] ~ ...` for an unknown, `data tau : real(lower = "
       "0)[J, K]` for data"},
      {"simplex[K] p[J];",
       "write `sample p : simplex[J, K] ~ ...` for an unknown, `data p : simplex[J, K]` for data"},
      {"cholesky_factor_corr[2] L;",
       "write `sample L : corr_cholesky[2] ~ ...` for an unknown, `data L : corr_cholesky[2]` for "
       "data"},
      {"vector[n] mu = a + b * x;", "a value is named with `let mu = ...`, without its type"},
  };
  for (const Declaration& each : cases) {
    CAPTURE(each.text);
    const ParseResult result = parse(SourceText("s.vi", each.text));
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].hint == each.hint);
  }
}

TEST_CASE("the bytes of something else are one error, and none of them is shown") {
  const std::string texts[] = {std::string("\x7F\x45LF\x02\0\0\nabc\0\n", 13),
                               "\x89PNG\r\n" + std::string(200, '\x93') + "\n\x01\x02"};
  for (const std::string& text : texts) {
    const Sources sources = {SourceText("s.vi", text)};
    const ParseResult result = parse(sources[0]);
    CHECK(result.script.statements.empty());
    CHECK(render(result.diagnostics, sources) ==
          "s.vi:1:1: error: this is not a text file [not-text]\n"
          "  hint: a script is UTF-8 text; is this the right file?\n");
  }
  // An accent in an old encoding is a mistake in a script.
  const ParseResult accent = parse(SourceText("s.vi", "# caf\xE9\nlet a = 1\n"));
  REQUIRE(accent.diagnostics.size() == 1);
  CHECK(accent.diagnostics[0].code == "bad-utf8");
}

TEST_CASE("an unclosed bracket says where it was seen to be missing") {
  const ParseResult result = parse(SourceText("s.vi", "let a = (1 + 2\nlet b = 3"));
  REQUIRE(result.diagnostics.size() == 1);
  REQUIRE(result.diagnostics[0].notes.size() == 1);
  CHECK(result.diagnostics[0].notes[0].span.begin == 15);
  CHECK(result.script.statements.size() == 1);
}
