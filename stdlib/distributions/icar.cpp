#include <cmath>

#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/graph.h"

namespace vippl::stdlib::distributions {

namespace {

void event_density(const EventCall& call) {
  const EventArgument& value = call.arguments[0];
  const EventArgument& node1 = call.arguments[1];
  const EventArgument& node2 = call.arguments[2];
  bool good = false;
  for (Index r = 0; r < call.rows; ++r) {
    const std::span<const double> y = row_values(value, r);
    const std::span<const double> from = row_values(node1, r);
    const std::span<const double> to = row_values(node2, r);
    if (is_new(node1, r) || is_new(node2, r)) good = are_edges(from, to, y.size());
    double& result = call.log_densities[r];
    if (!good || !are_finite(y)) {
      result = outside(call, r);
      continue;
    }
    result = 0;
    const double weight = weight_of(call, r);
    const std::span<double> adjoint = weight == 0 ? std::span<double>() : row_adjoint(value, r);
    for_each_edge(from, to, [&](std::size_t i, std::size_t j) {
      const double difference = y[i] - y[j];
      result -= 0.5 * difference * difference;
      if (adjoint.empty()) return;
      adjoint[i] -= weight * difference;
      adjoint[j] += weight * difference;
    });
  }
}

constexpr Support node = between({Bound::Kind::constant, 1}, {}, Support::Kind::whole_number);

constexpr Parameter parameters[] = {{"node1", node, "m"}, {"node2", node, "m"}};

}  // namespace

constinit const Distribution icar = {
    .facts = {.name = "icar",
              .callable = Signature::Callable::distribution,
              .parameters = parameters,
              .summary = "intrinsic autoregression on the graph with edges node1[e] to node2[e]: "
                         "exp(-1/2 sum of squared differences of neighbours); improper",
              .source = "Besag & Kooperberg (1995), Biometrika 82(4)",
              .support = Support::real,
              .event = "k",
              .improper = true},
    .event_density = &event_density,
    .event_scratch = &no_scratch};

}  // namespace vippl::stdlib::distributions
