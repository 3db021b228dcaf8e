#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>

#include "lang/parse.h"
#include "tests/support/check_script.h"
#include "tests/support/sanitizers.h"

namespace vippl::lang {
namespace {

using tests::check_text;

struct Case {
  std::string script;
  std::string expected;
};

TEST_CASE("functions of the script are checked call by call") {
  const Case cases[] = {
      {"fn f(x, y = 2) = x + y\nfactor f(1) + f(1, 3) + f(1, y = 4)", ""},
      {"fn f(x, y = 2) = x + y\nfactor f()", "2:8 wrong-argument-count"},
      {"fn f(x, y = 2) = x + y\nfactor f(1, 2, 3)", "2:8 wrong-argument-count"},
      {"fn f(x, y = 2) = x + y\nfactor f(1, z = 3)", "2:13 unknown-argument"},
      {"fn f(x) = x + nothing\nfactor f(1)", "1:15 unknown-name"},
      {"fn f(x) = x + nothing", "1:15 unknown-name"},
      {"fn f(x, y) = x @ y\nfactor f([1, 2], [3, 4])\nfactor f([1, 2], [3, 4, 5])",
       "1:14 shape-mismatch"},
      {"fn f(a : real[k], b : real[k]) = a + b\nfactor f([1, 2], [3, 4])", ""},
      {"fn f(a : real[k], b : real[k]) = a + b\nfactor f([1, 2], [3, 4, 5])",
       "1:19 shape-mismatch"},
      {"fn f(a : int) = a\nfactor f(1.5)", "1:6 type-mismatch"},
      {"fn f(a : real[k]) : real[k] = sum(a)\nfactor f([1, 2])", "1:4 shape-mismatch"},
      {"fn f(a) { let b = a }\nfactor f(1)", "1:4 missing-return"},
      {"fn f(a) { if a > 0 { return 1 } }\nfactor f(1)", "1:4 missing-return"},
      {"fn f(a) { if a > 0 { return 1 } else { return 2 } }\nfactor f(1)", ""},
      {"fn f(a) = 1\nfn f(b) = 2\nfactor f(1)", "2:4 redefinition"},
      {"fn f(a, a) = 1\nfactor f(1, 2)", "1:9 redefinition"},
      {"var s = 1\ns = 2\nfn f(a) = a + s\nfactor f(1)", "3:15 var-in-function"},
      {"fn f(a) = a + s\nlet s = 1\nfactor f(1)", "1:15 used-before-definition"},
      {"let s = 1\nfn f(a) = a + s\nfactor f(1)", ""},
      {"let s = 1\nfn f(s) { let t = s; return t }\nlet t = 2\nfactor f(s) + t", ""},
      {"fn f(n) { if n == 0 { return 1 }; return n * f(n - 1) }\nfactor f(5)", ""},
      {"fn f(n) = f(n + 1)\nfactor f(1)", ""},
      {"fn g(x) = x^2\nfn f(h, a) = h(a)\nfactor f(g, 2) + f(exp, 1)", ""},
      {"fn g(x, y) = x^2\nfn f(h, a) = h(a)\nfactor f(g, 2)", "2:14 wrong-argument-count"},
      {"fn f(a, b) {\n  var low = a\n  while b - low > 0.1 {\n    let m = (low + b) / 2\n    low = "
       "m\n  }\n"
       "  return low\n}\nfactor f(0, 1)",
       ""},
      {"fn f(x) = 1\nfor i in 1..2 { fn g(x) = 1 }\nfactor f(1)", "2:17 misplaced-statement"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.script);
    CHECK(check_text(c.script) == c.expected);
  }
}

TEST_CASE("an error in a function says which call it is in") {
  const Diagnostics found = tests::check_script("fn f(x, y) = x @ y\nfactor f([1, 2], [3, 4, 5])");
  REQUIRE(found.size() == 1);
  REQUIRE(!found[0].notes.empty());
  CHECK(found[0].notes.back().message == "in this call of `f`");
  CHECK(found[0].notes.back().span.begin == 26);
}

TEST_CASE("functions that call each other many times are checked in bounded time") {
  constexpr int functions = test::under_sanitizers ? 16 : 60;
  std::string script = "fn f0(x) = x\n";
  for (int i = 1; i < functions; ++i)
    script += fmt::format("fn f{0}(x) = f{1}(x) + f{1}(x)\n", i, i - 1);
  CHECK(check_text(script + fmt::format("factor f{}(1)", functions - 1)) == "");
}

TEST_CASE("loops inside loops are checked in bounded time") {
  std::string script = "var s = 0\n";
  for (int i = 0; i < 60; ++i) script += fmt::format("for i{} in 1..2 {{ ", i);
  script += "s += 1";
  for (int i = 0; i < 60; ++i) script += " }";
  CHECK(check_text(script + "\nfactor s") == "");
}

TEST_CASE("a variable is latent as soon as some turn of a loop makes it so") {
  CHECK(check_text(
            "sample a ~ normal(0, 1)\nvar s = 1\nfor i in 1..3 { observe s ~ normal(0, 1); s += a }"
            "\nfactor s") == "3:25 observed-latent");
  CHECK(check_text(
            "sample a ~ normal(0, 1)\nvar s = 1\nfor i in 1..3 { observe s ~ normal(a, 1); s += 1 }"
            "\nfactor s") == "");
}

std::string import_text(const std::string& main, const std::map<std::string, std::string>& files) {
  Sources sources = {SourceText("main.vi", main)};
  ParseResult parsed = parse(sources[0]);
  REQUIRE(!has_errors(parsed.diagnostics));
  const ReadImport read = [&files](const std::string& path,
                                   const SourceText& importer) -> std::optional<SourceText> {
    const std::size_t slash = importer.name().rfind('/');
    const std::string folder =
        slash == std::string::npos ? "" : importer.name().substr(0, slash + 1);
    const auto found = files.find(folder + path);
    if (found == files.end()) return std::nullopt;
    return SourceText(found->first, found->second);
  };
  std::string result;
  for (const Diagnostic& diagnostic : expand_imports(parsed.script, sources, read)) {
    result += diagnostic.code + "@" + sources.at(diagnostic.span.source).name() + " ";
  }
  for (const ast::Statement& statement : parsed.script.statements) {
    if (const auto* let = std::get_if<ast::Let>(&statement.node)) result += let->name.name;
    if (std::holds_alternative<ast::Import>(statement.node)) result += "!";
  }
  return result;
}

TEST_CASE("an import is replaced by the statements of its file, each file once") {
  CHECK(import_text("import \"a.vi\"\nlet z = 1", {{"a.vi", "let a = 1\nlet b = 2"}}) == "abz");
  CHECK(import_text("import \"a.vi\"\nimport \"b.vi\"\nimport \"a.vi\"",
                    {{"a.vi", "let a = 1"}, {"b.vi", "import \"a.vi\"\nlet b = 2"}}) == "ab");
  CHECK(import_text("import \"sub/a.vi\"", {{"sub/a.vi", "import \"b.vi\"\nlet a = 1"},
                                            {"sub/b.vi", "let b = 1"}}) == "ba");
}

TEST_CASE("imports that cannot be are refused at their place") {
  CHECK(import_text("import \"a.vi\"", {}) == "import-unreadable@main.vi ");
  CHECK(import_text("import \"../a.vi\"", {}) == "import-outside-folder@main.vi ");
  CHECK(import_text("import \"/a.vi\"", {}) == "import-outside-folder@main.vi ");
  CHECK(import_text("import \"a.vi\"", {{"a.vi", "import \"b.vi\""},
                                        {"b.vi", "import \"a.vi\""}}) == "import-cycle@b.vi ");
  CHECK(import_text("import \"a.vi\"", {{"a.vi", "sample x ~ normal(0, 1)\nlet a = 1"}}) ==
        "import-statement@a.vi a");
  CHECK(import_text("import \"a.vi\"", {{"a.vi", "let = 1\nlet a = 1"}}).find("@a.vi") !=
        std::string::npos);
}

}  // namespace
}  // namespace vippl::lang
