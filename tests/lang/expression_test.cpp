#include <doctest/doctest.h>

#include <string>

#include "lang/parse.h"
#include "lang/print_ast.h"

using namespace vippl::lang;

namespace {

ast::Expression read(const std::string& text) {
  const ParseResult result = parse(SourceText("e", text), 0, Dialect::repl);
  INFO(render(result.diagnostics, {SourceText("e", text)}));
  REQUIRE(result.diagnostics.empty());
  REQUIRE(result.script.statements.size() == 1);
  const auto* evaluate = std::get_if<ast::Evaluate>(&result.script.statements[0].node);
  REQUIRE(evaluate != nullptr);
  return evaluate->value;
}

struct Case {
  const char* source;
  const char* tree;
};

}  // namespace

TEST_CASE("expressions are grouped as the reference says") {
  const Case cases[] = {
      {"a + b * c", "(+ a (* b c))"},
      {"a - b - c", "(- (- a b) c)"},
      {"a / b * c @ d", "(@ (* (/ a b) c) d)"},
      {"(a + b) * c", "(* (+ a b) c)"},
      {"-x^2", "(- (^ x 2))"},
      {"(-x)^2", "(^ (- x) 2)"},
      {"a^b^c", "(^ a (^ b c))"},
      {"2^-x", "(^ 2 (- x))"},
      {"2^-x^y * z", "(* (^ 2 (- (^ x y))) z)"},
      {"-a * b", "(* (- a) b)"},
      {"a * -b", "(* a (- b))"},
      {"a - -b", "(- a (- b))"},
      {"--a", "(- (- a))"},
      {"a + b .. c - d", "(.. (+ a b) (- c d))"},
      {"1..n", "(.. 1 n)"},
      {"1..5", "(.. 1 5)"},
      {"a..b == c", "(== (.. a b) c)"},
      {"a < b and c >= d or e != f", "(or (and (< a b) (>= c d)) (!= e f))"},
      {"a or b and c", "(or a (and b c))"},
      {"not a == b", "(not (== a b))"},
      {"not not a and b", "(and (not (not a)) b)"},
      {"a and not b", "(and a (not b))"},
      {"(a < b) < c", "(< (< a b) c)"},
      {"if a then b else c", "(if a b c)"},
      {"if a then b else if c then d else e", "(if a b (if c d e))"},
      {"if if a then b else c then d else e", "(if (if a b c) d e)"},
      {"if a then if b then c else d else e", "(if a (if b c d) e)"},
      {"if a then b else c + d", "(if a b (+ c d))"},
      {"(if a then b else c) + d", "(+ (if a b c) d)"},
      {"f()", "(call f)"},
      {"f(a, b = c, d,)", "(call f a (= b c) d)"},
      {"f(a == b)", "(call f (== a b))"},
      {"f(if a then b else c, d)", "(call f (if a b c) d)"},
      {"x[1]", "(sub x 1)"},
      {"x[:, 1..k]", "(sub x : (.. 1 k))"},
      {"x[i, j,]", "(sub x i j)"},
      {"x[i][:, j]", "(sub (sub x i) : j)"},
      {"f(x)[1].tau'", "(' (. (sub (call f x) 1) tau))"},
      {"X'", "(' X)"},
      {"X' @ Y'", "(@ (' X) (' Y))"},
      {"-X'", "(- (' X))"},
      {"x'^2", "(^ (' x) 2)"},
      {"a.b.c", "(. (. a b) c)"},
      {"by_state.tau / by_age.tau", "(/ (. by_state tau) (. by_age tau))"},
      {"[]", "[]"},
      {"[1, 2, 3,]", "[1 2 3]"},
      {"[[1, 2], [3, 4]]", "[[1 2] [3 4]]"},
      {"[f(i, j) for i in 1..n, j in 1..m]", "(for (call f i j) (i (.. 1 n)) (j (.. 1 m)))"},
      {"[[i] for i in 1..n]", "(for [i] (i (.. 1 n)))"},
      {"\"a\\\"b\\\\c\\nd\"", "\"a\\\"b\\\\c\\nd\""},
      {"true and false", "(and true false)"},
      {"truely", "truely"},
      {"1_000_000", "1000000"},
      {"9007199254740991", "9007199254740991"},
      {"0.5", "0.5"},
      {"1e-3", "0.001"},
      {"1E3", "1000.0"},
      {"2.0", "2.0"},
      {"1.5e+2", "150.0"},
      {"1e-999", "0.0"},
      {"\u03B2\u2081 * x", "(* \u03B2\u2081 x)"},
      {"e\u0301", "\u00E9"},  // names are NFC
      {"_x1", "_x1"},
      {"\u0928\u093F", "\u0928\u093F"},  // a letter and its mark
      {"a +\n  b", "(+ a b)"},
      {"beta(1, 1)", "(call beta 1 1)"},
      {"mean(mean)", "(call mean mean)"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.source);
    CHECK(print_tree(read(each.source)) == each.tree);
  }
}

TEST_CASE(
    "an expression is written with no more brackets than it needs, and reads back as the same") {
  const Case cases[] = {
      {"log(y)", "log(y)"},
      {"((a)+(b*c))", "a + b * c"},
      {"(a+b)*c", "(a + b) * c"},
      {"a-(b-c)", "a - (b - c)"},
      {"(a-b)-c", "a - b - c"},
      {"-(x^2)", "-x^2"},
      {"(-x)^2", "(-x)^2"},
      {"2^(-x)", "2^-x"},
      {"(a^b)^c", "(a^b)^c"},
      {"-(-a)", "--a"},
      {"not (a and b)", "not (a and b)"},
      {"(a<b)==c", "(a < b) == c"},
      {"x[1..(n-1),:]'", "x[1..n - 1, :]'"},
      {"(a+b)'", "(a + b)'"},
      {"(if a then b else c)+d", "(if a then b else c) + d"},
      {"f(a=if b then c else d)", "f(a = if b then c else d)"},
      {"[i^2 for i in 1..n]", "[i^2 for i in 1..n]"},
      {"by_state.tau", "by_state.tau"},
      {"x == \"a\\\"\"", "x == \"a\\\"\""},
      {"1e20", "1e+20"},
      {"3.0", "3.0"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.source);
    const ast::Expression expression = read(each.source);
    CHECK(print_source(expression) == each.tree);
    CHECK(print_tree(read(print_source(expression))) == print_tree(expression));
  }
}

TEST_CASE("every node has the span of its text") {
  const std::string text = "let z = -(a + b)[1, 2] ^ f(x, y).m";
  const ParseResult result = parse(SourceText("e", text));
  REQUIRE(result.diagnostics.empty());
  const auto slice = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
  const ast::Statement& statement = result.script.statements.at(0);
  CHECK(slice(statement.span) == text);
  const auto& let = std::get<ast::Let>(statement.node);
  CHECK(slice(let.name.span) == "z");
  CHECK(slice(let.value.span) == "-(a + b)[1, 2] ^ f(x, y).m");
  const auto& power = std::get<ast::Binary>(std::get<ast::Unary>(let.value.node).operand->node);
  CHECK(slice(power.op_span) == "^");
  CHECK(slice(power.left->span) == "(a + b)[1, 2]");
  const auto& subscript = std::get<ast::Subscript>(power.left->node);
  CHECK(slice(subscript.base->span) == "(a + b)");
  CHECK(slice(subscript.places.at(1).span) == "2");
  CHECK(slice(power.right->span) == "f(x, y).m");
  const auto& member = std::get<ast::Member>(power.right->node);
  CHECK(slice(member.member.span) == "m");
  CHECK(slice(member.base->span) == "f(x, y)");
}
