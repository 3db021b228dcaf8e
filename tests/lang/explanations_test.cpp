#include "lang/explanations.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace vippl::lang {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_code(const std::string& text) {
  const bool is_lower =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
  return is_lower && text.size() > 2 && text.front() != '-' && text.back() != '-' &&
         text.find('-') != text.npos && (text[0] < '0' || text[0] > '9');
}

/// The codes in the sources of the layers that make diagnostics: what looks like one, since no
/// other text there has words joined by hyphens alone, and the two of a single word.
std::set<std::string> codes_in_sources() {
  std::set<std::string> codes = {"redefinition", "section"};
  for (const char* layer : {"lang", "runtime", "stdlib"}) {
    const auto folder = std::filesystem::path(VIPPL_SOURCE_DIR) / layer;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::filesystem::path& path = entry.path();
      const bool is_source = path.extension() == ".cpp" || path.extension() == ".h";
      if (!is_source || path.parent_path().filename() == "explanations") continue;
      const std::string text = read(path);
      for (std::size_t open = text.find('"'); open != text.npos; open = text.find('"', open + 1)) {
        const std::size_t close = text.find('"', open + 1);
        if (close == text.npos) break;
        const std::string literal = text.substr(open + 1, close - open - 1);
        if (is_code(literal)) codes.insert(literal);
      }
    }
  }
  return codes;
}

TEST_CASE("every code of the sources is explained, and no other") {
  const std::set<std::string> codes = codes_in_sources();
  CHECK(codes.size() > 150);
  for (const std::string& code : codes) {
    INFO(code, " is not explained: add it to a table of lang/explanations");
    CHECK(find_explanation(code) != nullptr);
  }
  for (const Explanation& explanation : explanations()) {
    INFO(explanation.code, " is explained, but no diagnostic has this code");
    CHECK(codes.contains(std::string(explanation.code)));
  }
}

TEST_CASE("explanations are complete, sorted, and none stands twice") {
  std::string before;
  for (const Explanation& explanation : explanations()) {
    CAPTURE(explanation.code);
    CHECK(before < explanation.code);
    before = explanation.code;
    CHECK_FALSE(explanation.title.empty());
    CHECK(explanation.title.back() != '.');
    CHECK(explanation.text.size() > 30);
    CHECK(explanation.text.back() == '.');
    CHECK(explanation.wrong.empty() == explanation.right.empty());
    const bool is_repaired =
        explanation.wrong != explanation.right || !explanation.right_data.empty();
    CHECK((explanation.wrong.empty() || is_repaired));
  }
}

TEST_CASE("an explanation is printed with its example and the repair") {
  const Explanation* explanation = find_explanation("chained-range");
  REQUIRE(explanation != nullptr);
  CHECK(text(*explanation) ==
        "chained-range: a range has two ends\n\n"
        "Steps are written with arithmetic on a range.\n\n"
        "for example\n\n"
        "    let v = 1..10..2\n\n"
        "put right\n\n"
        "    let v = 2 * (1..5)\n");
  CHECK(find_explanation("no-such-code") == nullptr);
}

}  // namespace
}  // namespace vippl::lang
