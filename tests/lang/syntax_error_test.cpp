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
      {"data {\n}", "section", "1:1"},
      {"model {\n}", "section", "1:1"},
      {"parameters {\n}", "unknown-statement", "1:1"},
      {"real x;", "unknown-statement", "1:1"},
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
       "write `sample x ~ ...`; a value is named with `let`, or with `derive` to report it"},
      {"let data = 3", "expected a name, found the reserved word `data`",
       "choose another name; a column called \"data\" is read with `field(\"data\")`"},
      {"let a = 1. + 2", "`1.` is not a number",
       "digits stand on both sides of the point: write `1.0`"},
      {"let a = b < c < d", "comparisons do not chain", "write `a < b and b < c`"},
      {"for i in 1:n { }", "`:` does not make a range; expected `{`",
       "a range is written `1..n`; `:` alone in a subscript takes everything"},
      {"y ~ normal(0, 1)", "a statement with `~` begins with `sample` or `observe`",
       "write `sample y ~ ...` for an unknown, `observe y ~ ...` for data"},
      {"obserb y ~ normal(0, 1)", "`obserb` does not begin a statement", "did you mean `observe`?"},
      {"let a = f(1 2)", "expected `,` or `)`, found `2`",
       "elements and arguments are separated by `,`"},
  };
  for (const Wording& each : cases) {
    CAPTURE(each.text);
    const ParseResult result = parse(SourceText("s.vi", each.text));
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].message == each.message);
    CHECK(result.diagnostics[0].hint == each.hint);
  }
}

TEST_CASE("an unclosed bracket says where it was seen to be missing") {
  const ParseResult result = parse(SourceText("s.vi", "let a = (1 + 2\nlet b = 3"));
  REQUIRE(result.diagnostics.size() == 1);
  REQUIRE(result.diagnostics[0].notes.size() == 1);
  CHECK(result.diagnostics[0].notes[0].span.begin == 15);
  CHECK(result.script.statements.size() == 1);
}
