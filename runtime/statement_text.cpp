#include "runtime/statement_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace vippl::runtime {

namespace {

constexpr std::size_t shown_text = 60;

}  // namespace

std::string one_line(lang::Span span, const lang::Sources& sources) {
  if (span.source >= sources.size()) return "";
  std::string text(sources[span.source].slice(span));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || text[i] == '\t' || text[i] == '\r') text[i] = ' ';
  }
  text.erase(
      std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
      text.end());
  if (text.size() > shown_text) text = text.substr(0, shown_text - 3) + "...";
  return text;
}

std::string place(lang::Span span, const lang::Sources& sources) {
  if (span.source >= sources.size()) return "";
  const lang::SourceText& text = sources[span.source];
  return fmt::format("{}:{}", text.name(), text.position(span.begin).line);
}

}  // namespace vippl::runtime
