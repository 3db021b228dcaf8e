#pragma once

namespace vippl::cli {

/// While one lives, the first Ctrl-C only sets a flag and the second ends the program at once. One
/// within another changes nothing: what is done under the outer one is interrupted as a whole.
class InterruptGuard {
 public:
  InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard();

  static bool was_interrupted();
};

/// While one lives, Ctrl-C sets the flag every time: at a prompt it drops the line.
class PromptGuard {
 public:
  PromptGuard();
  PromptGuard(const PromptGuard&) = delete;
  PromptGuard& operator=(const PromptGuard&) = delete;
  ~PromptGuard();

  /// Whether Ctrl-C was typed since the last call.
  static bool take();
};

}  // namespace vippl::cli
