#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lang/parse.h"
#include "lang/print_ast.h"
#include "tests/support/sanitizers.h"

using namespace vippl::lang;

namespace {

constexpr const char* good = R"(# A script with something of everything
data y : real?[n] = field("y z", by = g)
data X : real(lower = 0)[n, p] = columns(except = [y, "x*"])
let Z = [X[i, :]' @ X[i] for i in 1..n, j in 1..p]
var s : real = 1_000.5e-3
s += -Z[1]^2 * (3 - s)
fn f(a, b : real[k] = 2) : real { if a > b { return a } else { return -b } }
model m(g) { sample tau ~ half_normal(1)
  return tau }
sample e ~ m(3)
sample w : simplex[K] ~ dirichlet(if true then ones(K) else [1, 2])
for t in 2..n { observe y[t] ~ normal(w[1] + e.tau, "s" == "t") ; factor not false }
while s > 1 { s /= 2 }
derive q = a or b and not c
generate z[1] : int ~ poisson(1)
guide { param v : real[n] = 0
 sample w ~ delta(v) }
import "priors.vi"
)";

/// xorshift64*: the same mutations on every platform.
class Random {
 public:
  std::size_t below(std::size_t limit) {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return static_cast<std::size_t>((state_ * 2685821657736338717ULL) >> 33U) % limit;
  }

 private:
  std::uint64_t state_ = 88172645463325252ULL;
};

std::string repeated(const std::string& text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

/// Reads, shows and prints: none may crash, whatever the text. Returns the codes.
std::vector<std::string> survive(const std::string& text) {
  const Sources sources{SourceText("s.vi", text)};
  std::vector<std::string> codes;
  for (const Dialect dialect : {Dialect::script, Dialect::repl}) {
    ParseResult result = parse(sources[0], 0, dialect);
    codes.clear();
    for (const Diagnostic& diagnostic : result.diagnostics) {
      codes.push_back(diagnostic.code);
      CHECK(diagnostic.span.begin <= diagnostic.span.end);
      CHECK(diagnostic.span.end <= text.size());
      CHECK_FALSE(diagnostic.message.empty());
      CHECK(diagnostic.message.find("boost") == std::string::npos);
    }
    (void)render(result.diagnostics, sources);
    (void)print_tree(result.script);
    const ast::Script copy = result.script;
    CHECK(copy.statements.size() == result.script.statements.size());
  }
  (void)wants_more(text);
  return codes;
}

}  // namespace

TEST_CASE("a script with ten errors reports all of them, and the rest of it is read") {
  const SourceText text("s.vi", R"(let a = 1 +
let b = 2
sample c = normal(0, 1)
for i in 1:n {
  let d = = 3
  let e = 4
  observe y[i] normal(0, 1)
}
let f = (1 + 2
let g = 3
if a {
  let h = 4 5
} else {
  let = 6
}
data i
1 + 1
let j = 7
)");
  const ParseResult result = parse(text);
  std::vector<std::size_t> lines;
  for (const Diagnostic& diagnostic : result.diagnostics)
    lines.push_back(text.position(diagnostic.span.begin).line);
  const std::vector<std::size_t> expected{1, 3, 4, 5, 7, 9, 12, 14, 16, 17};
  const std::string shown = render(result.diagnostics, {text});
  CAPTURE(shown);
  CHECK(lines == expected);
  CHECK(print_tree(result.script) == "(let b = 2)\n(let g = 3)\n(if a {})\n(let j = 7)\n");
}

TEST_CASE("reading stops at a hundred errors") {
  CHECK(parse(SourceText("s.vi", repeated("let a = = 1\n", 5000))).diagnostics.size() == 100);
}

TEST_CASE("no mutation of a good script makes the parser crash") {
  REQUIRE(parse(SourceText("s.vi", good)).diagnostics.empty());
  const std::string original(good);
  constexpr char characters[] =
      "()[]{}~=:;,.\"'#\\\n\r\t +-*/@^<>!?&|%$0123456789aeinx_\xFF\xCE\xB1\xE2";
  const std::string alphabet(characters, sizeof(characters));  // with the NUL at its end
  const std::vector<std::string> words = {"if ",  "else ", "then ", "for ",    "in ", "not ",
                                          "let ", "data ", "{\n",   "}\n",     "..",  "[[",
                                          "((",   "\"a\"", "1e",    "sample ", "fn ", "guide {"};
  Random random;
  for (int round = 0; round < (vippl::test::under_sanitizers ? 500 : 1500); ++round) {
    std::string text = original;
    const std::size_t edits = 1 + random.below(6);
    for (std::size_t edit = 0; edit < edits && !text.empty(); ++edit) {
      const std::size_t at = random.below(text.size());
      switch (random.below(5)) {
        case 0:
          text.erase(at, 1 + random.below(20));
          break;
        case 1:
          text.insert(at, 1, alphabet[random.below(alphabet.size())]);
          break;
        case 2:
          text.insert(at, words[random.below(words.size())]);
          break;
        case 3:
          text.insert(at, text.substr(random.below(text.size()), random.below(60)));
          break;
        default:
          text.resize(at + 1);
          break;
      }
    }
    INFO("round ", round, ":\n", text);
    survive(text);
  }
}

TEST_CASE("random bytes do not make the parser crash") {
  Random random;
  for (int round = 0; round < 200; ++round) {
    std::string text(random.below(3000), ' ');
    for (char& c : text) c = static_cast<char>(random.below(round % 2 == 0 ? 256 : 128));
    survive(text);
  }
}

TEST_CASE("depth: the limit is read, more is refused, the stack holds") {
  struct Case {
    const char* what;
    std::string text;
    const char* code;  // null: good
  };
  const std::size_t most = 256;
  const Case cases[] = {
      {"brackets", "let x = " + repeated("(", most) + "1" + repeated(")", most), nullptr},
      {"one bracket more", "let x = " + repeated("(", most + 1) + "1" + repeated(")", most + 1),
       "too-deep"},
      {"arrays", "let x = " + repeated("[", most) + "1" + repeated("]", most), nullptr},
      {"calls", "let x = " + repeated("f(a = -1 + ", most) + "1" + repeated(")", most), nullptr},
      {"subscripts", "let x = " + repeated("a[", most) + "1" + repeated("]", most), nullptr},
      {"comprehensions", "let x = " + repeated("[1 for i in ", most) + "1" + repeated("]", most),
       nullptr},
      {"blocks", repeated("for i in 1..2 {\n", most - 1) + "x = (1)\n" + repeated("}\n", most - 1),
       nullptr},
      {"else blocks",
       repeated("if a { } else {\n", most - 1) + "x = (1)\n" + repeated("}\n", most - 1), nullptr},
      {"choices", "let x = " + repeated("if a then ", most) + "1" + repeated(" else b", most),
       nullptr},
      {"a chain of choices", "let x = " + repeated("if a then b else ", 900) + "c", nullptr},
      {"a long chain of choices", "let x = " + repeated("if a then b else ", 5000) + "c",
       "too-deep"},
      {"a chain of branches", "if a { } " + repeated("else if b { x = 1 } ", 250) + "else { }",
       nullptr},
      {"a long chain of branches",
       "if a { } " + repeated("else if b { x = 1 } ", 5000) + "else { }", "too-deep"},
      {"a sum", "let x = 1" + repeated(" + 1", 900), nullptr},
      {"a long sum", "let x = 1" + repeated(" + 1", 10000), "too-deep"},
      {"minus signs", "let x = " + repeated("-", 5000) + "1", "too-deep"},
      {"nots", "let x = " + repeated("not ", 5000) + "a", "too-deep"},
      {"powers", "let x = a" + repeated("^a", 5000), "too-deep"},
      {"transposes", "let x = a" + repeated("'", 5000), "too-deep"},
      {"members", "let x = a" + repeated(".b", 5000), "too-deep"},
      {"a long array", "let x = [1" + repeated(", 1", 10000) + "]", nullptr},
      {"open brackets", repeated("(", 1000000), "too-deep"},
      {"open braces", repeated("{", 1000000), "too-deep"},
      {"closing brackets", repeated(")", 1000000), "stray-bracket"},
      {"headers that cannot be read", repeated("for i in 1:2 {\n", most) + repeated("}\n", most),
       "colon-range"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    const std::vector<std::string> codes = survive(each.text);
    if (each.code == nullptr) {
      CHECK(codes.empty());
    } else {
      REQUIRE(!codes.empty());
      CHECK(codes[0] == each.code);
    }
  }
}

TEST_CASE("ten megabytes are read") {
  constexpr std::size_t size = vippl::test::under_sanitizers ? 500'000 : 10'000'000;
  const std::string line = "let x = f(a + b[1], c = 2) * -3\n";
  const ParseResult result = parse(SourceText("s.vi", repeated(line, size / line.size())));
  CHECK(result.diagnostics.empty());
  CHECK(result.script.statements.size() == size / line.size());
  CHECK(parse(SourceText("s.vi", std::string(size, 'a'))).diagnostics.size() == 1);
  CHECK(parse(SourceText("s.vi", std::string(size, '\n'))).diagnostics.empty());
  CHECK(parse(SourceText("s.vi", repeated("(\n", size / 2))).diagnostics.size() == 1);
}
