#include "lang/explanations.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/explanations/tables.h"

namespace vippl::lang {

namespace {

constexpr std::size_t line_width = 80;

std::string wrapped(std::string_view paragraph) {
  std::string result;
  std::size_t column = 0;
  while (!paragraph.empty()) {
    const std::string_view word = paragraph.substr(0, paragraph.find(' '));
    paragraph.remove_prefix(std::min(word.size() + 1, paragraph.size()));
    if (column > 0 && column + 1 + word.size() > line_width) {
      result += '\n';
      column = 0;
    }
    if (column > 0) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result + '\n';
}

std::string indented(std::string_view script) {
  std::string result;
  while (!script.empty()) {
    const std::string_view line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(line.size() + 1, script.size()));
    result += fmt::format("    {}\n", line);
  }
  return result;
}

std::vector<Explanation> all() {
  std::vector<Explanation> result;
  for (const std::span<const Explanation> table :
       {explanations_of_syntax(), explanations_of_names(), explanations_of_shapes(),
        explanations_of_latents(), explanations_of_data(), explanations_of_running(),
        explanations_of_warnings()}) {
    result.insert(result.end(), table.begin(), table.end());
  }
  std::sort(result.begin(), result.end(),
            [](const Explanation& a, const Explanation& b) { return a.code < b.code; });
  return result;
}

}  // namespace

const std::vector<Explanation>& explanations() {
  static const std::vector<Explanation> sorted = all();
  return sorted;
}

const Explanation* find_explanation(std::string_view code) {
  const auto found = std::find_if(explanations().begin(), explanations().end(),
                                  [&](const Explanation& each) { return each.code == code; });
  return found == explanations().end() ? nullptr : &*found;
}

std::string text(const Explanation& explanation) {
  std::string result =
      fmt::format("{}: {}\n\n{}", explanation.code, explanation.title, wrapped(explanation.text));
  if (explanation.wrong.empty()) return result;
  result += fmt::format("\nfor example\n\n{}", indented(explanation.wrong));
  if (!explanation.data.empty()) {
    result += fmt::format("\nwith the data\n\n{}", indented(explanation.data));
  }
  result += fmt::format("\nput right\n\n{}", indented(explanation.right));
  if (!explanation.right_data.empty()) {
    result += fmt::format("\nwith the data\n\n{}", indented(explanation.right_data));
  }
  return result;
}

}  // namespace vippl::lang
