#include "lang/checking/report.h"

#include <algorithm>

namespace vippl::lang::checking {

namespace {

// More than anybody reads; keeps a broken script of many megabytes from filling the memory.
constexpr std::size_t most_diagnostics = 1000;

// "# allow: unused-name, hard-bounds": whether the comment at the end of the line names this code.
bool allows(std::string_view line, std::string_view code) {
  constexpr std::string_view mark = "allow:";
  const std::size_t comment = line.find('#');
  if (comment == std::string_view::npos) return false;
  std::size_t at = line.find(mark, comment);
  if (at == std::string_view::npos) return false;
  at += mark.size();
  while (at < line.size()) {
    const std::size_t begin = line.find_first_not_of(" \t,", at);
    if (begin == std::string_view::npos) return false;
    const std::size_t end = std::min(line.find_first_of(" \t,", begin), line.size());
    if (line.substr(begin, end - begin) == code) return true;
    at = end;
  }
  return false;
}

}  // namespace

bool Report::add(Diagnostic diagnostic) {
  if (quiet_ > 0 || diagnostics_.size() >= most_diagnostics) return false;
  if (!seen_.insert({diagnostic.span.source, diagnostic.span.begin, diagnostic.code}).second) {
    return false;
  }
  if (!calls_.empty()) diagnostic.notes.push_back(calls_.front());
  if (diagnostic.severity == Severity::error) ++errors_;
  diagnostics_.push_back(std::move(diagnostic));
  return true;
}

void remove_allowed(Diagnostics& diagnostics, const Sources& sources) {
  std::erase_if(diagnostics, [&sources](const Diagnostic& diagnostic) {
    if (diagnostic.severity != Severity::warning || diagnostic.span.source >= sources.size()) {
      return false;
    }
    const SourceText& source = sources[diagnostic.span.source];
    return allows(source.line(source.position(diagnostic.span.begin).line), diagnostic.code);
  });
}

}  // namespace vippl::lang::checking
