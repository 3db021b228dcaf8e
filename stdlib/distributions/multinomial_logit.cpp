#include <vector>

#include "stdlib/counts.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"

namespace vippl::stdlib::distributions {

namespace {

struct MultinomialLogit {
  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& trials = call.arguments[1];
    const EventArgument& logits = call.arguments[2];
    bool good = false;
    double total = 0;
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> counts = row_values(value, r);
      const std::span<const double> eta = row_values(logits, r);
      if (is_new(logits, r)) {
        good = !eta.empty() && are_finite(eta);
        total = good ? log_sum_exp(eta) : 0;
      }
      double& result = call.log_densities[r];
      if (!good || !are_counts(counts, *trials.row(r))) {
        result = outside(call, r);
        continue;
      }
      result = log_multinomial_coefficient(counts, *trials.row(r));
      for (std::size_t i = 0; i < counts.size(); ++i) result += counts[i] * (eta[i] - total);
      const std::span<double> adjoint = row_adjoint(logits, r);
      const double weight = weight_of(call, r);
      if (adjoint.empty() || weight == 0) continue;
      for (std::size_t i = 0; i < counts.size(); ++i)
        adjoint[i] += weight * (counts[i] - *trials.row(r) * exp(eta[i] - total));
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const double total = log_sum_exp(parameters[1]);
    std::vector<double> p(out.size());
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = exp(parameters[1][i] - total);
    draw_multinomial(parameters[0][0], p, rng, out);
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    const double total = log_sum_exp(parameters[1]);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = parameters[0][0] * exp(parameters[1][i] - total);
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    const double total = log_sum_exp(parameters[1]);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double p = exp(parameters[1][i] - total);
      out[i] = parameters[0][0] * p * (1 - p);
    }
  }
};

constexpr Parameter parameters[] = {{"trials", Support::count, ""}, {"logits", Support::real, "k"}};

}  // namespace

constinit const Distribution multinomial_logit = describe_event<MultinomialLogit>(
    {.name = "multinomial_logit",
     .parameters = parameters,
     .summary = "counts of K outcomes with chances softmax(logits); they sum to trials",
     .source = "Agresti (2013), Categorical Data Analysis, ch. 8",
     .support = Support::count,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
