#include "inference/mode.h"

#include <algorithm>
#include <cmath>

namespace vippl::inference {

namespace {

using Eigen::Index;

// Within what two fits of one mode may differ: in posterior sds, and in the log of the sd.
constexpr double same_mean = 0.3;
constexpr double same_log_sd = 0.25;
// In the log of the share: of modes that are one, both have the same mass, but for the fits.
constexpr double same_log_share = 0.5;

bool agree(double mean_a, double sd_a, double mean_b, double sd_b) {
  if (sd_a == 0 && sd_b == 0) return mean_a == mean_b;
  return std::fabs(mean_a - mean_b) < same_mean * std::hypot(sd_a, sd_b) &&
         std::fabs(std::log(sd_a / sd_b)) < same_log_sd;
}

/// A latent and how it is made from its coordinate.
struct Scalar {
  Index column = 0;
  const runtime::Quantity* quantity = nullptr;
  runtime::ScalarMap map;
};

std::vector<Scalar> latents(std::span<const runtime::Quantity> quantities) {
  std::vector<Scalar> scalars;
  for (const runtime::Quantity& quantity : quantities) {
    if (quantity.kind != runtime::Quantity::Kind::latent) continue;
    for (std::size_t e = 0; e < quantity.maps.size(); ++e)
      scalars.push_back({quantity.offset + static_cast<Index>(e), &quantity, quantity.maps[e]});
  }
  return scalars;
}

/// Elements of one array can be exchanged, and scalars that have each a name of their own.
bool are_alike(const Scalar& a, const Scalar& b) {
  if (a.quantity == b.quantity) return true;
  return a.quantity->shape.empty() && b.quantity->shape.empty() && a.map.kind == b.map.kind;
}

/// A share of the components: p in one order is 1 - p in the other.
bool turns_round(const Mode& a, const Mode& b, const Scalar& s) {
  if (s.map.kind != runtime::ScalarMap::Kind::inverse_logit) return false;
  const double turned = 2 * s.map.shift + s.map.scale - a.mean[s.column];
  return agree(turned, a.sd[s.column], b.mean[s.column], b.sd[s.column]);
}

/// The scalars that change places; empty where b is not a with its components in another order.
std::vector<Index> exchanged(const Mode& a, const Mode& b, const std::vector<Scalar>& scalars) {
  if (std::fabs(std::log(a.share / b.share)) > same_log_share) return {};
  std::vector<Scalar> moved;
  for (const Scalar& s : scalars)
    if (differs(a, b, s.column)) moved.push_back(s);
  std::vector<bool> is_taken(moved.size(), false);
  std::vector<Index> columns;
  bool has_pair = false;
  for (const Scalar& from : moved) {
    columns.push_back(from.column);
    std::optional<std::size_t> nearest;
    const auto distance = [&](std::size_t to) {
      return std::fabs(a.mean[from.column] - b.mean[moved[to].column]);
    };
    for (std::size_t to = 0; to < moved.size(); ++to) {
      const Index column = moved[to].column;
      if (is_taken[to] || !are_alike(from, moved[to]) ||
          !agree(a.mean[from.column], a.sd[from.column], b.mean[column], b.sd[column]))
        continue;
      if (!nearest || distance(to) < distance(*nearest)) nearest = to;
    }
    if (nearest) {
      is_taken[*nearest] = true;
      has_pair = true;
    } else if (!turns_round(a, b, from)) {
      return {};
    }
  }
  return has_pair ? columns : std::vector<Index>();
}

}  // namespace

bool Modes::has_exchange() const {
  return std::any_of(found.begin(), found.end(),
                     [](const Mode& mode) { return mode.exchange_of.has_value(); });
}

bool Modes::are_all_exchanges() const {
  return found.size() > 1 && std::all_of(found.begin() + 1, found.end(), [](const Mode& mode) {
           return mode.exchange_of == std::size_t{0};
         });
}

bool Modes::leaves_open(Index scalar) const {
  if (!guide_holds_them) return differs(found, scalar);
  return std::any_of(found.begin(), found.end(), [&](const Mode& mode) {
    return mode.exchange_of && differs(mode, found[*mode.exchange_of], scalar);
  });
}

bool differs(const Mode& a, const Mode& b, Index scalar) {
  return !agree(a.mean[scalar], a.sd[scalar], b.mean[scalar], b.sd[scalar]);
}

bool differs(std::span<const Mode> modes, Index scalar) {
  for (std::size_t b = 1; b < modes.size(); ++b)
    for (std::size_t a = 0; a < b; ++a)
      if (differs(modes[a], modes[b], scalar)) return true;
  return false;
}

void mark_exchanges(std::span<const runtime::Quantity> quantities, Modes& modes) {
  const std::vector<Scalar> scalars = latents(quantities);
  modes.changes_places.assign(
      modes.found.empty() ? 0 : static_cast<std::size_t>(modes.found.front().mean.size()), false);
  for (std::size_t b = 1; b < modes.found.size(); ++b) {
    for (std::size_t a = 0; a < b && !modes.found[b].exchange_of; ++a) {
      if (modes.found[a].exchange_of) continue;  // the first of its kind stands for all
      const std::vector<Index> columns = exchanged(modes.found[a], modes.found[b], scalars);
      if (columns.empty()) continue;
      modes.found[b].exchange_of = a;
      for (const Index column : columns)
        modes.changes_places[static_cast<std::size_t>(column)] = true;
    }
  }
}

}  // namespace vippl::inference
