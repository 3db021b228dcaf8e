#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/registry.h"

namespace vippl::runtime {

/// What Distribution::event_prepare made; null if nothing. Owned by the program, and by the
/// operations that use it.
using Prepared = std::shared_ptr<const std::vector<double>>;

/// Keeps what was prepared for the densities of one program, so that it is made once however often
/// the program is recorded. Thread-safe.
class PreparedDensities {
 public:
  /// `arguments`: those of one event for all rows, the value first; latent ones without a value.
  Prepared get(const Distribution& distribution, std::span<const EventArgument> arguments);

 private:
  std::mutex mutex_;
  /// By the distribution, and the extents and values of its arguments.
  std::map<std::pair<const Distribution*, std::vector<double>>, Prepared> made_;
};

}  // namespace vippl::runtime
