#include "tests/models/script_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace vippl::test {
namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string rest_of(std::istringstream& words) {
  std::string rest;
  std::getline(words >> std::ws, rest);
  rest.erase(rest.find_last_not_of(" \t\r") + 1);
  return rest;
}

/// "7" is a column of this line, "3:7" a place in this script, "parts/a.vi:3:7" one in another.
std::string place(const std::string& written, std::size_t line) {
  return written.find(':') == std::string::npos ? fmt::format("{}:{}", line, written) : written;
}

void read_directive(ScriptFile& script, const std::string& text, std::size_t line) {
  std::istringstream words(text);
  std::string kind;
  words >> kind;
  if (kind == "error" || kind == "warning") {
    std::string code;
    std::string where;
    words >> code >> where;
    script.diagnostics.push_back(fmt::format("{} {} {}", kind, code, place(where, line)));
  } else if (kind == "data") {
    for (std::string file; words >> file;) script.data.push_back(file);
  } else if (kind == "at") {
    script.points.push_back({rest_of(words), 0});
  } else if (kind == "log_joint" && !script.points.empty()) {
    words >> script.points.back().log_joint;
  } else if (kind == "reports") {
    ExpectedReport report;
    words >> report.name;
    report.values = rest_of(words);
    script.reports.push_back(report);
  } else if (kind == "size") {
    ExpectedSize size;
    words >> size.name >> size.extent;
    for (std::string label; words >> label;) size.labels.push_back(label);
    script.sizes.push_back(size);
  } else {
    throw std::runtime_error(
        fmt::format("{}:{}: what does `#! {}` mean?", script.path.string(), line, text));
  }
  if (words.fail() && !words.eof())
    throw std::runtime_error(
        fmt::format("{}:{}: something is missing in `#! {}`", script.path.string(), line, text));
}

}  // namespace

ScriptFile read_script(const std::filesystem::path& path) {
  const std::string text = read_text(path);
  ScriptFile script{path, lang::SourceText(path.filename().string(), text), {}, {}, {}, {}, {}};
  std::istringstream lines(text);
  std::string line;
  constexpr std::string_view mark = "#!";
  for (std::size_t number = 1; std::getline(lines, line); ++number)
    for (std::size_t begin = line.find(mark); begin != std::string::npos;) {
      const std::size_t next = line.find(mark, begin + mark.size());
      const std::size_t first = begin + mark.size();
      read_directive(script, line.substr(first, next == std::string::npos ? next : next - first),
                     number);
      begin = next;
    }
  std::ranges::sort(script.diagnostics);
  return script;
}

std::vector<std::filesystem::path> script_paths(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".vi") paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

}  // namespace vippl::test
