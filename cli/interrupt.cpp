#include "cli/interrupt.h"

#include <csignal>

namespace vippl::cli {
namespace {

// A signal handler can reach nothing but a global.
volatile std::sig_atomic_t interrupted =
    0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

int guards = 0;  // alive; NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void note_interrupt(int) { interrupted = 1; }

void install(int flags) {
  struct sigaction action {};
  action.sa_handler = &note_interrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = flags;
  interrupted = 0;
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace

// SA_RESETHAND: the second signal finds the default action, which ends the process.
InterruptGuard::InterruptGuard() {
  if (guards++ == 0) install(static_cast<int>(SA_RESETHAND));
}
InterruptGuard::~InterruptGuard() {
  if (--guards == 0) std::signal(SIGINT, SIG_DFL);
}
bool InterruptGuard::was_interrupted() { return interrupted != 0; }

// No SA_RESTART: reading a key ends with EINTR.
PromptGuard::PromptGuard() { install(0); }
PromptGuard::~PromptGuard() { std::signal(SIGINT, SIG_DFL); }
bool PromptGuard::take() {
  const bool was = interrupted != 0;
  interrupted = 0;
  return was;
}

}  // namespace vippl::cli
