#include "lang/line_ends.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "lang/parse.h"

using namespace vippl::lang;

namespace {

/// The settled text with runs of blanks as one, so that the cases are easy to read.
std::string settled(std::string_view text) {
  const SettledText result = settle_line_ends(text, 0);
  CHECK(result.text.size() == text.size());
  std::string squeezed;
  for (const char c : result.text) {
    if (c == ' ' && (squeezed.empty() || squeezed.back() == ' ')) continue;
    squeezed += c;
  }
  while (!squeezed.empty() && squeezed.back() == ' ') squeezed.pop_back();
  return squeezed;
}

struct Case {
  std::string text;
  std::string expected;
};

}  // namespace

TEST_CASE("line ends that do not count become blanks, the others stay") {
  const Case cases[] = {
      {"a = 1\nb = 2\n", "a = 1\nb = 2\n"},
      // inside brackets, not inside braces
      {"f(1,\n2\n)\nb", "f(1, 2 )\nb"},
      {"[1\n, 2]\nb", "[1 , 2]\nb"},
      {"{\na\n}\n", "{\na\n}\n"},
      {"f(\n[\n1\n]\n)", "f( [ 1 ] )"},
      // after what asks for more
      {"a +\nb", "a + b"},
      {"a ..\nb", "a .. b"},
      {"a ==\nb", "a == b"},
      {"a @\nb", "a @ b"},
      {"a =\nb", "a = b"},
      {"a +=\nb", "a += b"},
      {"y ~\nb", "y ~ b"},
      {"a :\nb", "a : b"},
      {"a ,\nb", "a , b"},
      {"a and\nb", "a and b"},
      {"a or\nb", "a or b"},
      {"not\nb", "not b"},
      {"i in\nb", "i in b"},
      {"c then\nb", "c then b"},
      {"c else\nb", "c else b"},
      // before what goes on
      {"a\n+ b", "a + b"},
      {"a\n- b", "a - b"},
      {"a\n.. b", "a .. b"},
      {"a\n<= b", "a <= b"},
      {"a\n~ b", "a ~ b"},
      {"a\n= b", "a = b"},
      {"a\nthen b", "a then b"},
      {"if a {\n}\nelse {\n}", "if a {\n} else {\n}"},
      {"a\nand b", "a and b"},
      {"a\nor b", "a or b"},
      // not for these
      {"a\nnot b", "a\nnot b"},
      {"a\nin b", "a\nin b"},
      {"a\n(b)", "a\n(b)"},
      {"a\n[b]", "a\n[b]"},
      {"a\n{b}", "a\n{b}"},
      {"a'\nb", "a'\nb"},
      {"android\nb", "android\nb"},
      {"a\norder", "a\norder"},
      // blank and comment lines between do not count
      {"a +\n\n# why\n\nb", "a + b"},
      {"a # one\n\n  # two\n  + b", "a + b"},
      {"a # +\nb", "a \nb"},
      // a statement of its own is never joined
      {"a =\nlet b = 1", "a =\nlet b = 1"},
      {"a +\nsample b ~ c", "a +\nsample b ~ c"},
      // `;` is a line end
      {"a; b", "a; b"},
      // strings hide what is in them
      {"\"(\"\nb", "\"(\"\nb"},
      {"\"# +\"\nb", "\"# +\"\nb"},
      {"\"\\\"(\"\nb", "\"\\\"(\"\nb"},
      // CRLF
      {"a +\r\nb\r\n", "a +\r b\r\n"},
      {"", ""},
      {"\n\n", "\n\n"},
      {"# only\n# comments", "\n"},
      {"\xEF\xBB\xBF"
       "a",
       "a"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK(settled(each.text) == each.expected);
    if (each.text.find('{') == std::string::npos)
      CHECK(settle_line_ends(each.text, 0).diagnostics.empty());
  }
}

TEST_CASE("positions stay: what is left stands where it stood") {
  const std::string text = "let a = f( # one\n  1, 2)\nlet b = 3 # two";
  const SettledText result = settle_line_ends(text, 0);
  CHECK(result.text == "let a = f(         1, 2)\nlet b = 3      ");
}

TEST_CASE("brackets, strings and characters that are wrong are reported where they stand") {
  struct Bad {
    std::string text;
    std::string code;
    std::uint32_t begin;
  };
  const Bad cases[] = {
      {"let a = (1\nlet b = 2", "unclosed-bracket", 8},
      {"let a = [1;\nlet b = 2", "unclosed-bracket", 8},
      {"let a = f(1, g(2)", "unclosed-bracket", 9},
      {"for i in 1..2 {\n a = 1\n", "unclosed-bracket", 14},
      {"{ a = (1 }", "unclosed-bracket", 6},
      {"if (a { b = 1 }", "unclosed-bracket", 3},
      {"let a = 1)", "stray-bracket", 9},
      {"}", "stray-bracket", 0},
      {"let a = (1]", "mismatched-bracket", 10},
      {"let a = \"b", "unclosed-string", 8},
      {"let a = \"b\\\"\nc", "unclosed-string", 8},
      {"let a = f(\"b)\nlet b = 1", "unclosed-string", 10},
      {"let a = 1 // b", "foreign-comment", 10},
      {"/* ( [ \" */ let a = 1", "foreign-comment", 0},
      {"let a = \xFF", "bad-utf8", 8},
      {"# caf\xE9\nlet a = 1", "bad-utf8", 5},
      {"let a = 1\x07", "control-character", 9},
      {"let a = 1 # \xE2\x80\xAE", "control-character", 12},  // right-to-left override
      {"let a = 1\rlet b = 2", "control-character", 9},
  };
  for (const Bad& each : cases) {
    CAPTURE(each.text);
    const SettledText result = settle_line_ends(each.text, 0);
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].code == each.code);
    CHECK(result.diagnostics[0].span.begin == each.begin);
  }
  const std::string with_nul("let a = 1\0", 10);
  REQUIRE(settle_line_ends(with_nul, 0).diagnostics.size() == 1);
  CHECK(settle_line_ends(with_nul, 0).diagnostics[0].code == "control-character");
}

TEST_CASE("an unclosed bracket does not swallow the statements below it") {
  CHECK(settled("let a = (1 +\nlet b = [2\n\nsample c ~ d") ==
        "let a = (1 +\nlet b = [2\n\nsample c ~ d");
  const SettledText result = settle_line_ends("let a = (1\nlet b = [2\nlet c = 3", 0);
  CHECK(result.diagnostics.size() == 2);
}

TEST_CASE("nesting up to the limit is fine, one more is refused, whatever it is made of") {
  const auto nested = [](std::string_view open, std::string_view middle, std::string_view close,
                         std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += open;
    text += middle;
    for (std::size_t i = 0; i < times; ++i) text += close;
    return settle_line_ends(text, 0).is_too_deep;
  };
  CHECK_FALSE(nested("(", "1", ")", deepest_nesting));
  CHECK(nested("(", "1", ")", deepest_nesting + 1));
  CHECK_FALSE(nested("[a(", "1", ")]", deepest_nesting / 2));
  CHECK(nested("[a(", "1", ")]", deepest_nesting / 2 + 1));
  CHECK_FALSE(nested("if a {\n", "b = 1", "}\n", deepest_nesting));
  CHECK(nested("if a {\n", "b = 1", "}\n", deepest_nesting + 1));
  CHECK_FALSE(nested("if a then ", "1", " else 2", deepest_nesting));
  CHECK(nested("if a then ", "1", " else 2", deepest_nesting + 1));
  CHECK_FALSE(nested("if a then b else ", "1", "", 10 * deepest_nesting));  // a chain, not a nest
  CHECK_FALSE(nested("if a { }\n", "", "", 10 * deepest_nesting));
}

TEST_CASE("the REPL reads on while a bracket is open or the line asks for more") {
  for (const char* text : {"f(", "for i in 1..3 {", "for i in 1..3 {\n a = 1", "a +", "a ~ # why",
                           "let a =\n\n", "f(1,", "if a then", "x[", "not", "a and", "for i in"}) {
    CAPTURE(text);
    CHECK(wants_more(text));
  }
  for (const char* text : {"", "a", "f(1)", "for i in 1..3 { }", "a'", "let a = 1)", "let a = \"(",
                           "# (", "a; ", "let a = (1\nlet b = 2"}) {
    CAPTURE(text);
    CHECK_FALSE(wants_more(text));
  }
}
