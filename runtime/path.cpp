#include "runtime/path.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/deep_stack.h"
#include "runtime/long_record.h"

namespace vippl::runtime {

namespace {

Recording optimised(Recording recording, const PassSet& passes) {
  Tape& tape = recording.tape;
  for (const Reported& reported : recording.reported) {
    if (reported.node != no_node) tape.reported.push_back(reported.node);
  }
  tape = optimise(std::move(tape), passes);
  // The passes made arrays of the loops that the interpreter warned of.
  if (tape.instructions.size() < many_operations) {
    std::erase_if(recording.warnings,
                  [](const lang::Diagnostic& warning) { return warning.code == "long-record"; });
  }
  auto moved = tape.reported.begin();
  for (Reported& reported : recording.reported) {
    if (reported.node != no_node) reported.node = *moved++;
  }
  return recording;
}

// What the paths of a program may take together, counted by size_of(): some 100 MB. A few are kept
// whatever they take, or two that alternate would be recorded at every point.
constexpr std::size_t most_kept = std::size_t{1} << 22;
constexpr std::size_t always_kept = 8;

// Numbers that a path and a replay of it hold, nearly. Constants mostly belong to the program.
std::size_t size_of(const Tape& tape) {
  constexpr std::size_t per_instruction = 32;  // with its operation, its step and its node
  std::size_t size = per_instruction * tape.instructions.size();
  for (const Node& node : tape.nodes) {
    if (!node.is_fixed()) size += static_cast<std::size_t>(node.size);
  }
  return size;
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

Decisions Path::decisions() const {
  Decisions taken;
  taken.reserve(recording.tape.guards.size());
  for (const Guard& guard : recording.tape.guards) taken.push_back(guard.taken);
  return taken;
}

std::shared_ptr<const Path> Paths::record(PointSource& source) {
  const std::lock_guard lock(mutex_);  // binding data for the first time writes to the program
  std::shared_ptr<const Path> path;
  run_on_deep_stack([&] {
    path = std::make_shared<const Path>(Interpreter(program_, source, plate_).run(), passes_);
  });
  if (!first_) first_ = path;
  check_same_report(first_->recording, path->recording);
  keep(path);
  return path;
}

void Paths::keep(std::shared_ptr<const Path> path) {
  const std::size_t size = size_of(path->recording.tape);
  Kept& place = kept_[path->decisions()];
  size_ += size - place.size;
  place = {std::move(path), size, ++uses_};
  while (size_ > most_kept && kept_.size() > always_kept) forget_least_used();
}

// Not the one that was just kept: it was used last.
void Paths::forget_least_used() {
  const auto least = std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
    return a.second.used < b.second.used;
  });
  size_ -= least->second.size;
  kept_.erase(least);
}

std::shared_ptr<const Path> Paths::find(const Decisions& known) const {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.lower_bound(known);
  if (found == kept_.end() || found->first.size() < known.size() ||
      !std::equal(known.begin(), known.end(), found->first.begin()))
    return nullptr;
  found->second.used = ++uses_;
  return found->second.path;
}

}  // namespace vippl::runtime
