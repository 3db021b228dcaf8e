#include "runtime/path.h"

#include <fmt/format.h>

#include "runtime/deep_stack.h"

namespace vippl::runtime {

namespace {

Recording optimised(Recording recording, const PassSet& passes) {
  Tape& tape = recording.tape;
  for (const Reported& reported : recording.reported) {
    if (reported.node != no_node) tape.reported.push_back(reported.node);
  }
  tape = optimise(std::move(tape), passes);
  auto moved = tape.reported.begin();
  for (Reported& reported : recording.reported) {
    if (reported.node != no_node) reported.node = *moved++;
  }
  return recording;
}

// Another path may compute a reported value otherwise, but not with another shape.
void check_same_report(const Recording& first, const Recording& other) {
  for (std::size_t q = 0; q < first.reported.size(); ++q) {
    const Quantity& quantity = first.reported[q].quantity;
    if (q < other.reported.size() && other.reported[q].quantity.shape == quantity.shape) continue;
    throw lang::ModelError(
        lang::error("shape-by-branch", {},
                    fmt::format("the shape of `{}` depends on a branch on a latent", quantity.name),
                    "give it the same shape on every path"));
  }
}

}  // namespace

Path::Path(Recording recorded, const PassSet& passes)
    : recording(optimised(std::move(recorded), passes)), schedule(recording.tape) {}

const Path& Paths::record(PointSource& source) {
  const std::lock_guard lock(mutex_);  // binding data for the first time writes to the program
  std::unique_ptr<Path> path;
  run_on_deep_stack(
      [&] { path = std::make_unique<Path>(Interpreter(program_, source, plate_).run(), passes_); });
  if (!paths_.empty()) check_same_report(first().recording, path->recording);
  paths_.push_back(std::move(path));
  return *paths_.back();
}

const Path* Paths::at(std::size_t index) const {
  const std::lock_guard lock(mutex_);
  return index < paths_.size() ? paths_[index].get() : nullptr;
}

}  // namespace vippl::runtime
