#include <cmath>

#include "stdlib/counts.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/event_moments.h"

namespace vippl::stdlib::distributions {

namespace {

struct Multinomial {
  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& trials = call.arguments[1];
    const EventArgument& chances = call.arguments[2];
    bool good = false;
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> counts = row_values(value, r);
      const std::span<const double> p = row_values(chances, r);
      if (is_new(chances, r)) good = is_simplex(p);
      double& result = call.log_densities[r];
      if (!good || !are_counts(counts, *trials.row(r))) {
        result = outside(call, r);
        continue;
      }
      result = log_multinomial_coefficient(counts, *trials.row(r));
      for (std::size_t i = 0; i < counts.size(); ++i) result += x_log_y(counts[i], p[i]);
      const std::span<double> adjoint = row_adjoint(chances, r);
      if (adjoint.empty() || weight_of(call, r) == 0 || !std::isfinite(result)) continue;
      for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0) adjoint[i] += weight_of(call, r) * counts[i] / p[i];
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    draw_multinomial(parameters[0][0], parameters[1], rng, out);
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    copy_shares(parameters[1], parameters[0][0], out);
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = parameters[0][0] * parameters[1][i] * (1 - parameters[1][i]);
  }
};

constexpr Parameter parameters[] = {{"trials", Support::count, ""}, {"p", Support::simplex, "k"}};

}  // namespace

constinit const Distribution multinomial = describe_event<Multinomial>(
    {.name = "multinomial",
     .parameters = parameters,
     .summary = "counts of K outcomes among so many trials; they sum to trials",
     .source = "Johnson, Kotz & Balakrishnan (1997), ch. 35",
     .support = Support::count,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
