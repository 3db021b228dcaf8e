#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "runtime/interpreter.h"
#include "runtime/passes/optimise.h"
#include "runtime/replay.h"

namespace vippl::runtime {

/// One recorded path through a program's branches, ready to be replayed.
struct Path {
  Path(Recording recorded, const PassSet& passes);
  Recording recording;
  Schedule schedule;
};

/// All paths met so far through one program, recorded whole or for minibatches. Thread-safe.
class Paths {
 public:
  Paths(Program& program, std::optional<Recorder::Plate> plate, const PassSet& passes)
      : program_(program), plate_(std::move(plate)), passes_(passes) {}

  /// Records the first path, at the point that `source` gives.
  const Path& record(PointSource& source);
  const Path& first() const { return *paths_.front(); }
  /// The path number `index`, or null if there are not so many.
  const Path* at(std::size_t index) const;
  const std::optional<Recorder::Plate>& plate() const { return plate_; }

 private:
  Program& program_;
  std::optional<Recorder::Plate> plate_;
  PassSet passes_;
  mutable std::mutex mutex_;
  std::deque<std::unique_ptr<Path>> paths_;
};

}  // namespace vippl::runtime
