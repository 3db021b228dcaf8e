#include "lang/diagnostic.h"

#include <doctest/doctest.h>

#include <string>

using namespace vippl::lang;

namespace {

Sources one(std::string text) { return {SourceText("wine.vi", std::move(text))}; }

}  // namespace

TEST_CASE("a diagnostic shows place, message, code, line, underline and hint") {
  const Sources sources = one("data y : real[n]\nsample beta ~ normal(0)\n");
  const Diagnostic diagnostic =
      error("wrong-arity", {31, 40, 0}, "`normal` takes 2 arguments (location, scale), got 1",
            "normal(location: real, scale: positive)");
  CHECK(render(diagnostic, sources) ==
        "wine.vi:2:15: error: `normal` takes 2 arguments (location, scale), got 1 [wrong-arity]\n"
        "  sample beta ~ normal(0)\n"
        "                ^~~~~~~~~\n"
        "  hint: normal(location: real, scale: positive)\n");
}

TEST_CASE("notes follow with their own place, and a hint may have several lines") {
  const Sources sources = one("let n = 1\nlet n = 2\n");
  Diagnostic diagnostic = warning("twice", {14, 15, 0}, "`n` is defined twice", "first\nsecond");
  diagnostic.notes.push_back({{4, 5, 0}, "`n` is defined here"});
  CHECK(render(diagnostic, sources) ==
        "wine.vi:2:5: warning: `n` is defined twice [twice]\n"
        "  let n = 2\n"
        "      ^\n"
        "  hint: first\n"
        "        second\n"
        "  wine.vi:1:5: note: `n` is defined here\n"
        "    let n = 1\n"
        "        ^\n");
}

TEST_CASE("the underline stands below the span whatever the width of the characters before it") {
  struct Case {
    const char* what;
    std::string before;  // the span covers the two letters that follow
    int columns;         // a terminal shows `before` in so many
  };
  const Case cases[] = {
      {"ascii", "abc ", 4},
      {"a tab at the start", "\tx", 5},
      {"a tab after two letters", "ab\tx", 5},
      {"Greek", "\u03B1\u03B2 ", 3},
      {"Chinese, two columns each", "\u4E2D\u6587 ", 5},
      {"a combining accent", "e\u0301 ", 2},
      {"bytes that are not UTF-8", "\xFF\xFE ", 3},
      {"a control character", "\x1B[", 2},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    const Sources sources = one(each.before + "xy rest");
    const auto begin = static_cast<std::uint32_t>(each.before.size());
    const std::string text = render(error("c", {begin, begin + 2, 0}, "m"), sources);
    const std::size_t last_line = text.rfind('\n', text.size() - 2) + 1;
    CHECK(text.substr(last_line) ==
          "  " + std::string(static_cast<std::size_t>(each.columns), ' ') + "^~\n");
    CHECK(text.find('\x1B') == std::string::npos);
  }
}

TEST_CASE(
    "a span over several lines underlines the first, an empty one a single place, also at the "
    "end") {
  const Sources sources = one("let x = [1,\n  2]\nlet");
  CHECK(render(error("c", {8, 16, 0}, "m"), sources) ==
        "wine.vi:1:9: error: m [c]\n  let x = [1,\n          ^~~\n");
  CHECK(render(error("c", {11, 11, 0}, "m"), sources) ==
        "wine.vi:1:12: error: m [c]\n  let x = [1,\n             ^\n");
  CHECK(render(error("c", {20, 20, 0}, "m"), sources) ==
        "wine.vi:3:4: error: m [c]\n  let\n     ^\n");
}

TEST_CASE("a long line is cut around the span") {
  const std::string line = std::string(200, 'a') + "XYZ" + std::string(200, 'b');
  const std::string text = render(error("c", {200, 203, 0}, "m"), one(line));
  CHECK(text.size() < 300);
  const std::size_t shown_begin = text.find('\n') + 1;
  const std::string shown = text.substr(shown_begin, text.find('\n', shown_begin) - shown_begin);
  const std::string marks = text.substr(text.find('\n', shown_begin) + 1);
  CHECK(shown.starts_with("  ...a"));
  CHECK(shown.ends_with("b..."));
  CHECK(marks.find('^') == shown.find("XYZ"));
  CHECK(marks.ends_with("^~~\n"));

  const std::string wide = render(error("c", {0, 403, 0}, "m"), one(line));
  CHECK(wide.find("^~~~") != std::string::npos);
  CHECK(wide.size() < 300);
}

TEST_CASE("no control character reaches the terminal, wherever it comes from") {
  Diagnostic diagnostic = error("c", {0, 1, 0}, "`a\x1B[31m` and\ta tab", "b\x07\nc\r\xFF");
  diagnostic.notes.push_back({{0, 1, 0}, "d\x7F \u03B1"});
  const Sources sources = {SourceText("e\x1B.vi", "x\n")};
  CHECK(render(diagnostic, sources) ==
        "e\uFFFD.vi:1:1: error: `a\uFFFD[31m` and\ta tab [c]\n  x\n  ^\n"
        "  hint: b\uFFFD\n        c\uFFFD\uFFFD\n"
        "  e\uFFFD.vi:1:1: note: d\uFFFD \u03B1\n    x\n    ^\n");
}

TEST_CASE("a diagnostic without a source has its message only") {
  CHECK(render(error("no-data", {0, 0, 7}, "no data were given"), {}) ==
        "error: no data were given [no-data]\n");
}

TEST_CASE("several diagnostics are sorted, without repeats, counted and limited") {
  const Sources sources = one("a\nb\nc\nd\ne\nf\n");
  Diagnostics diagnostics;
  for (std::uint32_t line = 6; line-- > 0;)
    diagnostics.push_back(error("c", {2 * line, 2 * line + 1, 0}, "m"));
  diagnostics.push_back(diagnostics.front());
  diagnostics.push_back(warning("w", {0, 1, 0}, "careful"));
  const std::string text = render(diagnostics, sources, 3);
  CHECK(text ==
        "wine.vi:1:1: error: m [c]\n  a\n  ^\n"
        "wine.vi:1:1: warning: careful [w]\n  a\n  ^\n"
        "wine.vi:2:1: error: m [c]\n  b\n  ^\n"
        "6 errors, 1 warning; the first 3 are shown\n");
  CHECK(render(Diagnostics{diagnostics.front()}, sources).find("errors") == std::string::npos);
  CHECK(has_errors(diagnostics));
  CHECK_FALSE(has_errors({warning("w", {}, "careful")}));
}

TEST_CASE("a broken assumption throws, and says where") {
  try {
    VIPPL_ASSERT(1 + 1 == 3, "sums are right");
    FAIL("no exception");
  } catch (const InternalError& internal) {
    CHECK(std::string(internal.what()).find("sums are right") != std::string::npos);
    CHECK(std::string(internal.what()).find("diagnostic_test.cpp") != std::string::npos);
  }
}
