#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// The folders share one include root, so the linker cannot see a wrong #include. This test reads
// them instead.

namespace {

/// What the files of one folder may include. An entry ending in "/" is a folder, any other a file.
struct Layer {
  std::string_view folder;
  std::vector<std::string_view> may_include;
  std::vector<std::string_view> may_not_include_system;  ///< beginnings of names in <...>
};

const std::vector<Layer>& layers() {
  static const std::vector<Layer> table = {
      {"lang", {"lang/"}, {"Eigen/"}},
      {"runtime", {"runtime/", "lang/"}, {}},
      {"stdlib", {"stdlib/", "runtime/"}, {}},
      {"inference",
       {"inference/", "runtime/log_density.h", "runtime/random.h", "runtime/special.h"},
       {}},
      {"cli", {"cli/", "lang/", "runtime/", "stdlib/", "inference/"}, {}}};
  return table;
}

// For VIPPL_ASSERT, which every layer uses.
constexpr std::string_view open_to_all = "lang/diagnostic.h";

// It takes seconds to compile, and every file that sees it pays.
constexpr std::string_view grammar_header = "boost/spirit/";
constexpr std::string_view grammar_file = "lang/grammar.cpp";

struct Include {
  std::string name;
  bool quoted = true;
  std::size_t line = 0;
};

std::vector<Include> includes_of(std::istream& source) {
  std::vector<Include> found;
  std::string line;
  for (std::size_t number = 1; std::getline(source, line); ++number) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    std::erase_if(line, is_blank);
    constexpr std::string_view directive = "#include";
    if (!line.starts_with(directive) || line.size() <= directive.size()) continue;
    const char open = line[directive.size()];
    if (open != '"' && open != '<') continue;
    const std::size_t begin = directive.size() + 1;
    const std::size_t end = line.find(open == '"' ? '"' : '>', begin);
    found.push_back({line.substr(begin, end - begin), open == '"', number});
  }
  return found;
}

bool allows(std::span<const std::string_view> entries, std::string_view name) {
  return std::ranges::any_of(entries, [&](std::string_view entry) {
    return entry.ends_with('/') ? name.starts_with(entry) : name == entry;
  });
}

/// Whether `file` (its path from the root) may have this #include.
bool is_legal(std::string_view file, const Include& include) {
  const std::string_view folder = file.substr(0, file.find('/'));
  const auto layer = std::ranges::find(layers(), folder, &Layer::folder);
  if (layer == layers().end()) return false;
  if (include.quoted)
    return allows(layer->may_include, include.name) || include.name == open_to_all;
  if (include.name.starts_with(grammar_header) && file != grammar_file) return false;
  return std::ranges::none_of(layer->may_not_include_system, [&](std::string_view beginning) {
    return include.name.starts_with(beginning);
  });
}

}  // namespace

TEST_CASE("layers: every #include of the program points at a layer below") {
  const std::filesystem::path root = VIPPL_SOURCE_DIR;
  std::size_t files_read = 0;
  for (const Layer& layer : layers())
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / layer.folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cpp") continue;
      const std::string file = entry.path().lexically_relative(root).generic_string();
      std::ifstream source(entry.path());
      ++files_read;
      for (const Include& include : includes_of(source)) {
        INFO(file, ":", include.line, ": #include of ", include.name);
        CHECK(is_legal(file, include));
      }
    }
  CHECK(files_read > 20);
}

TEST_CASE("layers: a wrong #include is found") {
  struct Case {
    std::string_view file;
    Include include;
    bool legal;
  };
  const std::vector<Case> cases = {
      {"lang/check.cpp", {"lang/ast.h"}, true},
      {"lang/check.cpp", {"runtime/tape.h"}, false},
      {"lang/check.cpp", {"vector", false}, true},
      {"lang/check.cpp", {"Eigen/Core", false}, false},
      {"lang/grammar.cpp", {"boost/spirit/home/x3.hpp", false}, true},
      {"lang/check.cpp", {"boost/spirit/home/x3.hpp", false}, false},
      {"runtime/tape.cpp", {"lang/ast.h"}, true},
      {"runtime/tape.cpp", {"stdlib/registry.h"}, false},
      {"runtime/tape.cpp", {"inference/guide.h"}, false},
      {"stdlib/distributions/normal.cpp", {"stdlib/roll_call.h"}, true},
      {"stdlib/distributions/normal.cpp", {"runtime/registry.h"}, true},
      {"stdlib/distributions/normal.cpp", {"lang/ast.h"}, false},
      {"stdlib/distributions/normal.cpp", {"lang/diagnostic.h"}, true},
      {"inference/guides/mean_field.cpp", {"inference/guide.h"}, true},
      {"inference/guides/mean_field.cpp", {"runtime/log_density.h"}, true},
      {"inference/guides/mean_field.cpp", {"runtime/random.h"}, true},
      {"inference/guides/mean_field.cpp", {"runtime/model.h"}, false},
      {"inference/guides/mean_field.cpp", {"lang/diagnostic.h"}, true},
      {"inference/guides/mean_field.cpp", {"lang/ast.h"}, false},
      {"inference/guides/mean_field.cpp", {"stdlib/registry.h"}, false},
      {"cli/run.cpp", {"inference/algorithm.h"}, true},
      {"inference/algorithm.cpp", {"cli/run.h"}, false},
      // Includes are written from the root, or nobody could judge them.
      {"lang/check.cpp", {"ast.h"}, false},
      {"elsewhere/file.cpp", {"lang/ast.h"}, false}};
  for (const Case& c : cases) {
    INFO(c.file, " includes ", c.include.name);
    CHECK(is_legal(c.file, c.include) == c.legal);
  }
}

TEST_CASE("layers: an #include is recognised however it is spaced") {
  std::istringstream source(
      "#pragma once\n#include <vector>\n  #  include   \"lang/ast.h\"  // why\n// #include "
      "\"no.h\"\n"
      "const char* text = \"#include\";\n#include\n");
  const std::vector<Include> found = includes_of(source);
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "vector");
  CHECK_FALSE(found[0].quoted);
  CHECK(found[1].name == "lang/ast.h");
  CHECK(found[1].quoted);
  CHECK(found[1].line == 3);
}
