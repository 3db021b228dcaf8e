#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/application.h"
#include "runtime/prepared.h"
#include "runtime/registry.h"

namespace vippl::runtime {

/// One argument of the log density of a distribution of vectors or matrices.
struct EventInput {
  std::vector<Index> extents;  ///< of one event
  bool shared = false;         ///< one for all rows
};

/// The log density of `rows` independent events; inputs: the value, then the parameters. `summed`:
/// one number, the sum over the rows; else one number per row.
std::shared_ptr<const Operation> make_event_density(const Distribution& distribution, Index rows,
                                                    std::vector<EventInput> inputs, bool summed,
                                                    Prepared prepared);

/// Of an operation that is such a density; nothing of another. `inputs` lives as long as that.
struct EventDensityFacts {
  DensityForm form = DensityForm::other;
  Index rows = 1;
  std::span<const EventInput> inputs;
  bool summed = false;
};
std::optional<EventDensityFacts> event_density_facts(const Operation& operation);

/// One draw of `sampler` per row and lane, for `generate`; inputs: the parameters.
/// `event_size`: numbers in one draw. Streams are told apart by `site`.
std::shared_ptr<const Operation> make_generate(Sampler sampler, Index rows, Index event_size,
                                               std::vector<EventInput> parameters,
                                               std::uint32_t site);

}  // namespace vippl::runtime
