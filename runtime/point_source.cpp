#include "runtime/point_source.h"

#include <fmt/format.h>

#include <cmath>

#include "lang/nearest.h"
#include "runtime/broadcast.h"
#include "runtime/event_rows.h"

namespace vippl::runtime {

namespace {

// Draws from a prior cut off by a type: so often before giving up on it.
constexpr int max_tries = 100;

}  // namespace

bool draw_block(const LatentBlock& block, Rng& rng, std::span<double> x) {
  const Distribution& distribution = *block.application->distribution;
  const Sampler sampler = make_sampler(*block.application);
  if (!sampler) return false;
  const std::size_t rank = lang::event_rank(distribution.facts);
  const std::vector<Index> full = extents(block.value_shape);
  const std::vector<Index> rows = leading(full, rank);
  const std::vector<Index> event = trailing(full, rank);
  const Index row_count = element_count(rows);
  const auto event_size = static_cast<std::size_t>(element_count(event));

  struct Parameter {
    Broadcast broadcast;
    std::size_t size = 1;
    Elements row;
  };
  std::vector<Parameter> parameters;
  for (std::size_t k = 0; k < block.application->parameters.size(); ++k) {
    const Value& value = block.application->parameters[k];
    const std::vector<Index> own = extents(value.shape);
    const std::vector<Index> own_event =
        argument_event(own, lang::dimensions(distribution.facts.parameters[k].shape), event);
    parameters.push_back({make_broadcast(own, for_rows(rows, own_event)),
                          static_cast<std::size_t>(element_count(own_event)),
                          {}});
    parameters.back().row.resize(parameters.back().size);
  }
  std::vector<std::span<const double>> arguments(parameters.size());
  for (Index r = 0; r < row_count; ++r) {
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      Parameter& parameter = parameters[k];
      for (std::size_t i = 0; i < parameter.size; ++i) {
        const Index at = r * static_cast<Index>(parameter.size) + static_cast<Index>(i);
        parameter.row[i] = block.application->parameters[k][parameter.broadcast[at]];
      }
      arguments[k] = parameter.row;
    }
    sampler(arguments, rng, x.subspan(static_cast<std::size_t>(r) * event_size, event_size));
  }
  return true;
}

void GivenPoint::fill(const LatentBlock& block, std::span<double> z) {
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] = point_[static_cast<std::size_t>(block.coordinates[i])];
}

void PriorDraw::fill(const LatentBlock& block, std::span<double> z) {
  Rng rng(seed_, Purpose::prior, block_++, 0, draw_);
  if (block.application != nullptr) {
    std::vector<double> whole(static_cast<std::size_t>(lang::element_count(block.value_shape)));
    std::vector<double> part(block.drawn.size());
    const std::vector<double>& x = block.drawn.empty() ? whole : part;
    for (int attempt = 0; attempt < max_tries; ++attempt) {
      if (!draw_block(block, rng, whole)) break;
      for (std::size_t i = 0; i < part.size(); ++i)
        part[i] = whole[static_cast<std::size_t>(block.drawn[i])];
      if (unconstrain(block.shape, block.bounds, x, z)) continue;
      bool finite = true;
      for (const double coordinate : z) finite = finite && std::isfinite(coordinate);
      if (finite) return;
    }
  }
  for (double& coordinate : z) coordinate = 4 * rng.uniform() - 2;
}

void NaturalValues::fill(const LatentBlock& block, std::span<double> z) {
  const std::string name(block.name);
  const auto fail = [&](std::string message, std::string hint = "") {
    throw lang::ModelError(
        lang::error("wrong-point", block.span, std::move(message), std::move(hint)));
  };
  const Field* field = values_.find(name);
  if (field == nullptr) {
    std::vector<std::string> names;
    for (const Field& other : values_.fields) names.push_back(other.name);
    const auto near = lang::nearest(name, names);
    fail(fmt::format("the point in {} has no value for `{}`", values_.path, name),
         near ? fmt::format("did you mean `{}` where it has `{}`?", name, *near) : "");
  }
  const std::vector<Index> whole = extents(block.whole);
  const bool fits = field->extents == whole || (field->is_empty_array && element_count(whole) == 0);
  if (!fits || field->kind == Field::Kind::text) {
    lang::Shape found;
    for (const Index extent : field->extents) found.push_back(lang::Size::number(extent));
    fail(fmt::format("the point gives `{}` the shape {}, it has {}", name, lang::text(found),
                     lang::text(block.whole)));
  }
  std::vector<double> x;
  x.reserve(block.positions.size());
  for (const std::int32_t position : block.positions)
    x.push_back(field->values[static_cast<std::size_t>(position)]);
  if (const auto wrong = unconstrain(block.shape, block.bounds, x, z)) {
    fail(fmt::format("the point's `{}` is not in its support: {}", name, *wrong));
  }
}

}  // namespace vippl::runtime
