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

/// Runs `action`; a ModelError becomes a Failure with the rendered diagnostic.
template <class Action>
decltype(auto) with_rendered_errors(const lang::Sources& sources, Action&& action) {
  try {
    return action();
  } catch (const lang::ModelError& error) {
    throw Failure(ExitCode::model, lang::render(error.diagnostic(), sources));
  }
}

}  // namespace vippl::cli
