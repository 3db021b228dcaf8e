#include "runtime/prepared.h"

#include <numeric>

namespace vippl::runtime {

Prepared PreparedDensities::get(const Distribution& distribution,
                                std::span<const EventArgument> arguments) {
  if (distribution.event_prepare == nullptr) return nullptr;
  std::vector<double> key;
  for (const EventArgument& argument : arguments) {
    for (const Index extent : argument.extents) key.push_back(static_cast<double>(extent));
    if (argument.value == nullptr) continue;
    const Index size = std::accumulate(argument.extents.begin(), argument.extents.end(), Index{1},
                                       std::multiplies<>());
    key.insert(key.end(), argument.value, argument.value + size);
  }
  const std::lock_guard lock(mutex_);
  Prepared& place = made_[{&distribution, std::move(key)}];
  if (place == nullptr)
    place = std::make_shared<const std::vector<double>>(distribution.event_prepare(arguments));
  return place;
}

}  // namespace vippl::runtime
