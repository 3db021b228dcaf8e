#include <algorithm>
#include <limits>
#include <numeric>

#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/event_moments.h"

namespace vippl::stdlib::distributions {

namespace {

double log_normaliser(std::span<const double> concentration) {
  double total = 0;
  double logs = 0;
  for (double a : concentration) {
    total += a;
    logs += log_gamma(a);
  }
  return log_gamma(total) - logs;
}

struct Dirichlet {
  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& concentration = call.arguments[1];
    bool good = false;
    double constant = 0;
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> theta = row_values(value, r);
      const std::span<const double> alpha = row_values(concentration, r);
      if (is_new(concentration, r)) {
        good = are_positive(alpha);
        constant = good ? log_normaliser(alpha) : 0;
      }
      double& result = call.log_densities[r];
      result = good && is_simplex(theta) ? constant + log_kernel(theta, alpha) : outside(call, r);
      if (call.weights == nullptr || !(result > -std::numeric_limits<double>::infinity())) continue;
      const std::span<double> theta_adjoint = row_adjoint(value, r);
      const std::span<double> alpha_adjoint = row_adjoint(concentration, r);
      for (std::size_t i = 0; i < theta_adjoint.size(); ++i)
        if (alpha[i] != 1) theta_adjoint[i] += call.weights[r] * (alpha[i] - 1) / theta[i];
      if (alpha_adjoint.empty()) continue;
      double total = 0;
      for (double a : alpha) total += a;
      const double of_total = digamma(total);
      for (std::size_t i = 0; i < alpha_adjoint.size(); ++i)
        alpha_adjoint[i] += call.weights[r] * (of_total - digamma(alpha[i]) + log(theta[i]));
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    double total = 0;
    for (std::size_t i = 0; i < out.size(); ++i) total += out[i] = rng.gamma(parameters[0][i]);
    if (total > 0) {
      for (double& x : out) x /= total;
    } else {  // all underflow where the concentrations are tiny: the draw is then at a corner
      std::ranges::fill(out, 0);
      out[rng.categorical(parameters[0])] = 1;
    }
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    copy_shares(parameters[0], 1, out);
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    copy_shares(parameters[0], 1, out);
    const double total = std::accumulate(parameters[0].begin(), parameters[0].end(), 0.0);
    for (double& x : out) x *= (1 - x) / (total + 1);
  }

 private:
  /// The part that depends on theta. On the edge the density is 0 or infinite; both are answered as
  /// outside.
  static double log_kernel(std::span<const double> theta, std::span<const double> alpha) {
    double sum = 0;
    for (std::size_t i = 0; i < theta.size(); ++i) {
      if (alpha[i] == 1) continue;
      if (theta[i] == 0) return -std::numeric_limits<double>::infinity();
      sum += (alpha[i] - 1) * log(theta[i]);
    }
    return sum;
  }
};

constexpr Parameter parameters[] = {{"concentration", Support::positive, "k"}};

}  // namespace

constinit const Distribution dirichlet = describe_event<Dirichlet>(
    {.name = "dirichlet",
     .parameters = parameters,
     .summary = "random proportions; a density of all coordinates but one",
     .source = "Kotz, Balakrishnan & Johnson (2000), ch. 49",
     .support = Support::simplex,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
