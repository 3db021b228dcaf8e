#include <limits>

#include "stdlib/describe.h"
#include "stdlib/event.h"

namespace vippl::stdlib::distributions {

namespace {

struct CategoricalLogit {
  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& logits = call.arguments[1];
    bool good = false;
    double total = 0;
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> eta = row_values(logits, r);
      if (is_new(logits, r)) {
        good = !eta.empty() && are_finite(eta);
        total = good ? log_sum_exp(eta) : 0;
      }
      const double y = *value.row(r);
      if (!good || !is_category(y, eta.size())) {
        call.log_densities[r] = outside(call, r);
        continue;
      }
      const std::size_t chosen = static_cast<std::size_t>(y) - 1;
      call.log_densities[r] = eta[chosen] - total;
      const std::span<double> adjoint = row_adjoint(logits, r);
      const double weight = weight_of(call, r);
      if (adjoint.empty() || weight == 0) continue;
      for (std::size_t i = 0; i < eta.size(); ++i) adjoint[i] -= weight * exp(eta[i] - total);
      adjoint[chosen] += weight;
    }
  }

  /// The largest of the logits plus Gumbel noise.
  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < parameters[0].size(); ++i) {
      const double noisy = parameters[0][i] - log(rng.exponential());
      if (noisy <= largest) continue;
      largest = noisy;
      out[0] = static_cast<double>(i + 1);
    }
  }
};

constexpr Parameter parameters[] = {{"logits", Support::real, "k"}};

}  // namespace

constinit const Distribution categorical_logit = describe_event<CategoricalLogit>(
    {.name = "categorical_logit",
     .parameters = parameters,
     .summary = "1 to K with chances softmax(logits)",
     .source = "Agresti (2013), Categorical Data Analysis, ch. 8",
     .support = between({Bound::Kind::constant, 1}, {Bound::Kind::parameter_size, 0},
                        Support::Kind::whole_number),
     .event = ""});

}  // namespace vippl::stdlib::distributions
