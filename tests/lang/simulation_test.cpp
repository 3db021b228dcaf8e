#include "lang/simulation.h"

#include <doctest/doctest.h>

#include "lang/diagnostic.h"
#include "lang/parse.h"
#include "lang/print_ast.h"

namespace vippl::lang {

namespace {

ast::Script parsed(const std::string& text) {
  const Sources sources = {SourceText("m.vi", text)};
  ParseResult result = parse(sources[0]);
  REQUIRE_FALSE(has_errors(result.diagnostics));
  return std::move(result.script);
}

const std::string head = "data y : int(0..9)[n]\ndata x : real[n]\nsample a ~ normal(0, 1)\n";

}  // namespace

TEST_CASE("what is observed is drawn instead, in the shape of the data") {
  struct Case {
    std::string script;
    std::string expected;  // after the head
  };
  const Case cases[] = {
      {"let eta = a * x\nobserve y ~ poisson_log(eta)",
       "let eta = a * x\ngenerate OUT : int[n] ~ poisson_log(eta)"},
      // Elements are declared before the loop; a series reads what was drawn.
      {"for t in 1..n { if t == 1 { observe y[t] ~ poisson(1) } else { observe y[t] ~ "
       "poisson(exp(a) * y[t - 1]) } }",
       "generate OUT : int[n]\nfor t in 1..n { if t == 1 { generate OUT[t] ~ poisson(1) } else { "
       "generate OUT[t] ~ poisson(exp(a) * OUT[t - 1]) } }"},
      // What is computed from the data is of no use for drawing them.
      {"observe y ~ poisson_log(a * x)\nderive r = y - a\nderive s = sum(r)\nderive b = a + 1",
       "generate OUT : int[n] ~ poisson_log(a * x)\nderive b = a + 1"}};
  for (const Case& each : cases) {
    CAPTURE(each.script);
    const Simulation simulation = simulation_of(parsed(head + each.script));
    REQUIRE(simulation.drawn.size() == 1);
    CHECK(simulation.drawn[0].data == "y");
    const std::string& generated = simulation.drawn[0].generated;
    CHECK(generated != "y");
    // The name of the drawn array is none that a script could have: it is put in after printing.
    std::string expected = print_tree(parsed(head + each.expected));
    for (std::size_t at = 0; (at = expected.find("OUT", at)) != std::string::npos;)
      expected.replace(at, 3, generated);
    CHECK(print_tree(simulation.script) == expected);
  }
}

TEST_CASE("a script whose data cannot be drawn is refused at the place where that shows") {
  struct Case {
    std::string script;
    std::uint32_t line;
    std::string words;
  };
  const Case cases[] = {
      {"observe y ~ poisson_log(a)\nfactor -a", 5, "`factor`"},
      {"observe square(y) ~ poisson_log(a)", 4, "no data as they were read"},
      {"let z = standardize(y)\nobserve z ~ normal(a, 1)", 5, "no data as they were read"},
      {"observe 2 ~ poisson_log(a)", 4, "no data as they were read"},
      {"let top = max(y)\nobserve y ~ binomial(top, inv_logit(a))", 4, "depends on `y`"},
      {"sample b ~ normal(mean(y), 1)\nobserve y ~ poisson_log(a + b)", 4, "depends on `y`"},
      {"fn f(t) = t * sum(y)\nobserve y ~ poisson_log(f(a))", 4, "depends on `y`"},
      {"if any(y > 0) { observe y ~ poisson_log(a) }", 4, "depends on `y`"},
      {"for k in 1..max(y) { observe y[k] ~ poisson_log(a) }", 4, "depends on `y`"},
      {"observe y ~ poisson_log(a)\nobserve y ~ poisson_log(2 * a)", 5, "more than once"},
      {"data c : category(K)[n]\nobserve c ~ categorical([0.5, 0.5])", 5, "a category of labels"},
      {"data m : real?[n]\nobserve m ~ normal(a, 1)", 5, "missing values"},
      {"model f(k) {\nsample u : real[k] ~ normal(0, 1)\nfactor -sum(u)\nreturn u\n}\n"
       "sample v ~ f(2)\nobserve y ~ poisson_log(a)",
       6, "`factor`"}};
  for (const Case& each : cases) {
    CAPTURE(each.script);
    const std::string text = head + each.script;
    try {
      simulation_of(parsed(text));
      FAIL("it was simulated");
    } catch (const ModelError& error) {
      CHECK(error.diagnostic().code == "not-simulated");
      CHECK(SourceText("m.vi", text).position(error.diagnostic().span.begin).line == each.line);
      CHECK_MESSAGE(error.diagnostic().message.find(each.words) != std::string::npos,
                    error.diagnostic().message);
    }
  }
  CHECK_THROWS_AS(simulation_of(parsed("sample a ~ normal(0, 1)")), ModelError);
}

}  // namespace vippl::lang
