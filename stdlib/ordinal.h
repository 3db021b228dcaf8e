#pragma once
#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/event.h"

// Ordinal regression: a category is the interval between cutpoints that a latent number falls into.

namespace vippl::stdlib {

/// log P(lower < noise <= upper), and its derivatives; either end may be infinite.
struct OrdinalInterval {
  double log_chance;
  double by_lower;
  double by_upper;
};

/// The density over 1 to K with K - 1 cutpoints. `Noise` has
///   static OrdinalInterval interval(double lower, double upper)
///   static double draw(Rng& rng)
template <class Noise>
struct Ordinal {
  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const EventArgument& value = call.arguments[0];
    const EventArgument& location = call.arguments[1];
    const EventArgument& cutpoints = call.arguments[2];
    bool good = false;
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> cuts = row_values(cutpoints, r);
      if (is_new(cutpoints, r)) good = is_ordered(cuts);
      const double y = *value.row(r);
      const double predictor = *location.row(r);
      if (!good || !std::isfinite(predictor) || !is_category(y, cuts.size() + 1)) {
        call.log_densities[r] = outside(call, r);
        continue;
      }
      const std::size_t above = static_cast<std::size_t>(y) - 1;  // the cutpoint that ends y
      const OrdinalInterval chance =
          Noise::interval(above == 0 ? -infinity : cuts[above - 1] - predictor,
                          above == cuts.size() ? infinity : cuts[above] - predictor);
      call.log_densities[r] = chance.log_chance;
      const double weight = weight_of(call, r);
      if (weight == 0) continue;
      const std::span<double> location_adjoint = row_adjoint(location, r);
      const std::span<double> cutpoint_adjoint = row_adjoint(cutpoints, r);
      if (!location_adjoint.empty())
        location_adjoint[0] -= weight * (chance.by_lower + chance.by_upper);
      if (cutpoint_adjoint.empty()) continue;
      if (above > 0) cutpoint_adjoint[above - 1] += weight * chance.by_lower;
      if (above < cuts.size()) cutpoint_adjoint[above] += weight * chance.by_upper;
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const double latent = parameters[0][0] + Noise::draw(rng);
    out[0] = 1;
    for (double cut : parameters[1])
      if (latent > cut) ++out[0];
  }
};

}  // namespace vippl::stdlib
