#pragma once
#include <stdexcept>
#include <string>

#include "cli/exit_code.h"
#include "lang/diagnostic.h"

namespace vippl::cli {

/// Ends a command: `what()` is the complete text for stderr (may be empty if all was said), `code`
/// the exit status.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// lang::render(). What comes from the command line, such as a batch of an unknown plate, has an
/// empty span: no place in the script.
inline std::string rendered(const lang::Diagnostic& diagnostic, const lang::Sources& sources) {
  const bool has_place = diagnostic.span.begin != 0 || diagnostic.span.end != 0;
  return lang::render(diagnostic, has_place ? sources : lang::Sources());
}

/// Runs `action`; a ModelError becomes a Failure with the rendered diagnostic.
template <class Action>
decltype(auto) with_rendered_errors(const lang::Sources& sources, Action&& action) {
  try {
    return action();
  } catch (const lang::ModelError& error) {
    throw Failure(ExitCode::model, rendered(error.diagnostic(), sources));
  }
}

}  // namespace vippl::cli
