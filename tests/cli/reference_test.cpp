// `vippl reference`, and the pages of docs/reference that it writes.
#include "cli/reference.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "stdlib/registry.h"
#include "tests/cli/process.h"

namespace vippl::cli {

namespace {

using testing::has;
using testing::Outcome;
using testing::run_vippl;

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the reference pages are what the program prints") {
  for (const std::string page : {"distributions", "functions"}) {
    const std::string path = "docs/reference/" + page + ".md";
    INFO("out of date: build/release/vippl reference --", page, " > ", path);
    const bool is_current =
        file_text(VIPPL_SOURCE_DIR "/" + path) == run_vippl({"reference", "--" + page}).out;
    CHECK(is_current);
  }
}

TEST_CASE("every name has a heading on the page it belongs to") {
  const runtime::Registry& registry = stdlib::registry();
  const std::string distributions = reference_page(ReferencePage::distributions, registry);
  const std::string functions = reference_page(ReferencePage::functions, registry);
  for (const std::string_view name : registry.distribution_names()) {
    CAPTURE(name);
    CHECK(has(distributions, "\n### " + std::string(name) + "\n"));
  }
  for (const std::string_view name : registry.function_names()) {
    CAPTURE(name);
    CHECK(has(functions, "\n### " + std::string(name) + "\n"));
  }
  for (const std::string& name : reference_names(registry)) {
    CAPTURE(name);
    CHECK(has(distributions + functions, "\n### " + name + "\n"));
  }
}

TEST_CASE("an entry says what can be known of it") {
  struct Case {
    const char* name;
    std::vector<std::string> parts;
  };
  const Case cases[] = {
      {"binomial",
       {"binomial(trials: int >= 0, p: real in [0, 1])\n", "  support: int in 0..trials\n",
        "  event: a number\n", "  known: cdf, quantile, mean, variance\n", "  source: Johnson"}},
      {"multi_normal", {"  covariance: cov, a matrix [k, k]\n", "  event: a vector [k]\n"}},
      {"flat", {"  support: that of the type\n", "  improper: "}},
      {"mixture", {"mixture(weights, D1, D2, ...)", "drawn by weight"}},
      {"log_cdf", {"log_cdf(normal(0, 1), x)\n"}},
      {"quantile", {"quantile(x, p, axis", "quantile(normal(0, 1), p)\n"}},
      {"ode", {"ode(rhs, initial, start, times"}},
      {"sort", {"  arguments: fixed values only"}},
      {"beta", {"beta(alpha: positive, beta: positive)", "beta(a: positive, b: positive)"}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.name);
    const Outcome outcome = run_vippl({"reference", each.name});
    CAPTURE(outcome.out);
    CHECK(outcome.status == 0);
    for (const std::string& part : each.parts) {
      CAPTURE(part);
      CHECK(has(outcome.out, part));
    }
    CHECK(has(run_vippl({"repl"}, "?" + std::string(each.name) + "\n").out, outcome.out));
  }
}

TEST_CASE("a name that is none is answered with the nearest") {
  const Outcome outcome = run_vippl({"reference", "mixtur"});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK(has(outcome.err, "did you mean `mixture`?"));
}

}  // namespace vippl::cli
