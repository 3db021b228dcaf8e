#include <fmt/format.h>

#include <algorithm>

#include "lang/checking/checker.h"
#include "lang/nearest.h"

namespace vippl::lang::checking {

void Checker::complain(std::string code, Span span, std::string message, std::string hint,
                       std::vector<Note> notes) {
  Diagnostic diagnostic = error(std::move(code), span, std::move(message), std::move(hint));
  diagnostic.notes = std::move(notes);
  report_.add(std::move(diagnostic));
}

void Checker::warn(std::string code, Span span, std::string message, std::string hint) {
  report_.add(warning(std::move(code), span, std::move(message), std::move(hint)));
}

void Checker::refuse_construct(Span span, const std::string& what, std::string hint) {
  complain("not-available", span, fmt::format("{} not available in this version", what),
           std::move(hint));
}

std::vector<Note> Checker::origins(const Shape& a, const Shape& b) {
  std::vector<Note> notes;
  std::vector<std::string> told;
  for (const Shape* shape : {&a, &b}) {
    for (const Size& size : *shape) {
      for (const std::string& name : size.names()) {
        if (std::find(told.begin(), told.end(), name) != told.end()) continue;
        told.push_back(name);
        const Definition* bound = scopes_.find(name);
        if (bound == nullptr) continue;
        std::string what = bound->origin.empty()
                               ? "is defined here"
                               : fmt::format("is bound by `{}` here", bound->origin);
        notes.push_back({bound->span, fmt::format("`{}` {}", name, what)});
      }
    }
  }
  return notes;
}

std::string Checker::similar(const std::string& name,
                             const std::vector<std::string>& candidates) const {
  if (!report_.wants_hints()) return "";
  const std::optional<std::string> found = nearest(name, std::span<const std::string>(candidates));
  return found ? fmt::format("did you mean `{}`?", *found) : "";
}

}  // namespace vippl::lang::checking
