#pragma once
#include "inference/progress.h"
#include "inference/stopwatch.h"

namespace vippl::inference {

/// How long work that a posterior needs goes on once the user has interrupted: a small model's is
/// done in that time and nothing is lost, a large one's is cut short.
class Grace {
 public:
  explicit Grace(const Progress& progress) : progress_(progress) {}

  /// Asked between pieces of work.
  bool is_over() {
    if (!progress_.interrupted()) return false;
    if (!has_begun_) since_.restart();
    has_begun_ = true;
    return since_.seconds() > most_seconds;
  }

 private:
  static constexpr double most_seconds = 0.2;

  const Progress& progress_;
  Stopwatch since_;
  bool has_begun_ = false;
};

}  // namespace vippl::inference
