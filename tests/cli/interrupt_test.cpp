#include "cli/interrupt.h"

#include <doctest/doctest.h>

#include <csignal>

using vippl::cli::InterruptGuard;

TEST_CASE("Ctrl-C during one step of a command is heard by the next under the same guard") {
  {
    const InterruptGuard whole;
    CHECK_FALSE(InterruptGuard::was_interrupted());
    {
      const InterruptGuard step;
      CHECK(std::raise(SIGINT) == 0);
      CHECK(InterruptGuard::was_interrupted());
    }
    const InterruptGuard step;
    CHECK(InterruptGuard::was_interrupted());
  }
  const InterruptGuard afresh;
  CHECK_FALSE(InterruptGuard::was_interrupted());
}
