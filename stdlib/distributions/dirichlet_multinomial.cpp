#include <numeric>

#include "stdlib/counts.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/event_moments.h"

namespace vippl::stdlib::distributions {

namespace {

struct DirichletMultinomial {
  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& trials = call.arguments[1];
    const EventArgument& concentration = call.arguments[2];
    bool good = false;
    double total = 0;
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> counts = row_values(value, r);
      const std::span<const double> alpha = row_values(concentration, r);
      const double n = *trials.row(r);
      if (is_new(concentration, r)) {
        good = !alpha.empty() && are_positive(alpha);
        total = std::accumulate(alpha.begin(), alpha.end(), 0.0);
      }
      double& result = call.log_densities[r];
      if (!good || !are_counts(counts, n)) {
        result = outside(call, r);
        continue;
      }
      result = log_multinomial_coefficient(counts, n) + log_gamma(total) - log_gamma(total + n);
      for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0) result += log_gamma(alpha[i] + counts[i]) - log_gamma(alpha[i]);
      const std::span<double> adjoint = row_adjoint(concentration, r);
      const double weight = weight_of(call, r);
      if (adjoint.empty() || weight == 0) continue;
      const double of_total = digamma(total) - digamma(total + n);
      for (std::size_t i = 0; i < counts.size(); ++i) {
        adjoint[i] += weight * of_total;
        if (counts[i] > 0)
          adjoint[i] += weight * (digamma(alpha[i] + counts[i]) - digamma(alpha[i]));
      }
    }
  }

  /// One beta-binomial after the other, each from what the ones before left.
  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const std::span<const double> alpha = parameters[1];
    double left = parameters[0][0];
    double alpha_left = std::accumulate(alpha.begin(), alpha.end(), 0.0);
    for (std::size_t i = 0; i < out.size(); ++i) {
      alpha_left -= alpha[i];
      const bool last = i + 1 == out.size() || alpha_left <= 0;  // rounding may take the rest away
      out[i] = last ? left : rng.binomial(left, rng.beta(alpha[i], alpha_left));
      left -= out[i];
    }
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    copy_shares(parameters[1], parameters[0][0], out);
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    copy_shares(parameters[1], 1, out);
    const double trials = parameters[0][0];
    const double total = std::accumulate(parameters[1].begin(), parameters[1].end(), 0.0);
    for (double& x : out) x *= trials * (1 - x) * (trials + total) / (1 + total);
  }
};

constexpr Parameter parameters[] = {{"trials", Support::count, ""},
                                    {"concentration", Support::positive, "k"}};

}  // namespace

constinit const Distribution dirichlet_multinomial = describe_event<DirichletMultinomial>(
    {.name = "dirichlet_multinomial",
     .parameters = parameters,
     .summary = "multinomial counts whose chances are dirichlet(concentration)",
     .source = "Johnson, Kotz & Balakrishnan (1997), ch. 35",
     .support = Support::count,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
