#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/interpreter.h"
#include "runtime/passes/optimise.h"
#include "runtime/replay.h"

namespace vippl::runtime {

/// Which way the branches of a path went, in the order in which the program meets them.
using Decisions = std::vector<bool>;

/// One recorded path through a program's branches, ready to be replayed.
struct Path {
  Path(Recording recorded, const PassSet& passes);
  Decisions decisions() const;
  Recording recording;
  Schedule schedule;
};

/// The paths met lately through one program, recorded whole or for minibatches. A program with
/// many branches has more paths than memory holds, so what was not used for long is forgotten and
/// recorded again if need be. Thread-safe. A path is owned by its users too, who may still be at
/// work on it when it is forgotten.
class Paths {
 public:
  Paths(Program& program, std::optional<Recorder::Plate> plate, const PassSet& passes)
      : program_(program), plate_(std::move(plate)), passes_(passes) {}

  /// Records the path that the point of `source` takes. The first one is never forgotten.
  std::shared_ptr<const Path> record(PointSource& source);
  const std::shared_ptr<const Path>& first() const { return first_; }
  /// A path whose decisions begin with `known`, or null if none is remembered.
  std::shared_ptr<const Path> find(const Decisions& known) const;
  const std::optional<Recorder::Plate>& plate() const { return plate_; }

 private:
  struct Kept {
    std::shared_ptr<const Path> path;
    std::size_t size = 0;            // as size_of() of path.cpp counts
    mutable std::uint64_t used = 0;  // the value of uses_ when it was last asked for
  };
  void keep(std::shared_ptr<const Path> path);
  void forget_least_used();

  Program& program_;
  std::optional<Recorder::Plate> plate_;
  PassSet passes_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Path> first_;
  std::map<Decisions, Kept> kept_;  // in lexicographic order: those that begin alike are neighbours
  std::size_t size_ = 0;            // of all that is kept
  mutable std::uint64_t uses_ = 0;
};

}  // namespace vippl::runtime
