#pragma once
#include <exception>
#include <string>
#include <vector>

#include "lang/source.h"

namespace vippl::lang {

enum class Severity { error, warning };

/// A second place that explains the first, as "`n` is bound here".
struct Note {
  Span span;
  std::string message;
};

/// The one type that speaks to the user. Texts are lower case, names in backticks, no full stop at
/// the end: what is wrong, what was expected, what was found; the hint says what to type instead.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;  ///< stable and readable, such as "unknown-name"
  Span span;
  std::string message;
  std::string hint;  ///< may be empty; may hold several lines
  std::vector<Note> notes;
};

using Diagnostics = std::vector<Diagnostic>;

Diagnostic error(std::string code, Span span, std::string message, std::string hint = "");
Diagnostic warning(std::string code, Span span, std::string message, std::string hint = "");

bool has_errors(const Diagnostics& diagnostics);

/// The text for a terminal: `file:line:column: severity: message [code]`, the source line, the span
/// underlined, the hint and the notes. Long lines are cut around the span.
std::string render(const Diagnostic& diagnostic, const Sources& sources);

/// Sorts by place, drops repeats, renders each, and ends with a count when there are many; at most
/// `limit` are shown.
std::string render(Diagnostics diagnostics, const Sources& sources, std::size_t limit = 20);

/// Thrown while a program is evaluated; carries the diagnostic. Caught by the command and by the
/// REPL loop only.
class ModelError : public std::exception {
 public:
  explicit ModelError(Diagnostic diagnostic) : diagnostic_(std::move(diagnostic)) {}
  const char* what() const noexcept override { return diagnostic_.message.c_str(); }
  const Diagnostic& diagnostic() const { return diagnostic_; }

 private:
  Diagnostic diagnostic_;
};

/// A broken invariant of vippl itself, never the user's fault.
class InternalError : public std::exception {
 public:
  explicit InternalError(std::string message) : message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

[[noreturn]] void fail_assertion(const char* condition, const char* assumed, const char* file,
                                 int line);

}  // namespace vippl::lang

#define VIPPL_ASSERT(condition, assumed) \
  ((condition) ? void(0) : ::vippl::lang::fail_assertion(#condition, assumed, __FILE__, __LINE__))
