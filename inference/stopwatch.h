#pragma once
#include <chrono>

namespace vippl::inference {

/// Wall-clock time since it was made or last restarted.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  /// The seconds so far; begins anew.
  double restart() {
    const double elapsed_seconds = seconds();
    begin_ = Clock::now();
    return elapsed_seconds;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin_ = Clock::now();
};

}  // namespace vippl::inference
