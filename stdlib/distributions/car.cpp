#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "runtime/linear_algebra.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/graph.h"
#include "stdlib/positive_definite.h"

namespace vippl::stdlib::distributions {

namespace {

/// D - dependence W: the numbers of neighbours on the diagonal, less the dependence at every pair
/// of neighbours.
void fill_precision(double dependence, std::span<const double> node1, std::span<const double> node2,
                    std::size_t k, std::span<double> precision) {
  std::ranges::fill(precision, 0.0);
  for_each_edge(node1, node2, [&](std::size_t i, std::size_t j) {
    precision[i * k + i] += 1;
    precision[j * k + j] += 1;
    precision[i * k + j] -= dependence;
    precision[j * k + i] -= dependence;
  });
}

struct Car {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    const Index k = arguments[0].extents[0];
    return PositiveDefinite::scratch_size(k) + k * k + 2 * k;
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& location = call.arguments[1];
    const EventArgument& scale = call.arguments[2];
    const EventArgument& dependence = call.arguments[3];
    const EventArgument& node1 = call.arguments[4];
    const EventArgument& node2 = call.arguments[5];
    const Index extent = value.extents[0];
    const auto k = static_cast<std::size_t>(extent);
    PositiveDefinite matrix(call.scratch, extent);
    double* const own = call.scratch + PositiveDefinite::scratch_size(extent);
    const std::span<double> precision(own, k * k);
    const std::span<double> centred(own + k * k, k);
    const std::span<double> precise(own + k * k + k, k);

    bool good = false;
    for (Index r = 0; r < call.rows; ++r) {
      const double s = *scale.row(r);
      const double rho = *dependence.row(r);
      if (is_new(dependence, r) || is_new(node1, r) || is_new(node2, r)) {
        good = std::isfinite(rho) && are_edges(row_values(node1, r), row_values(node2, r), k);
        if (good) {
          fill_precision(rho, row_values(node1, r), row_values(node2, r), k, precision);
          good = matrix.factorise(precision);
        }
      }
      for (std::size_t i = 0; i < k; ++i) centred[i] = value.row(r)[i] - location.row(r)[i];
      double& result = call.log_densities[r];
      if (!good || !(s > 0) || !std::isfinite(s) || !are_finite(centred)) {
        result = outside(call, r);
        continue;
      }
      runtime::multiply(precision.data(), centred.data(), extent, extent, 1, precise.data());
      const double squares = dot(centred, precise) / (s * s);
      const auto size = static_cast<double>(k);
      result = 0.5 * (matrix.log_determinant() - squares - size * std::log(2 * std::numbers::pi)) -
               size * std::log(s);
      const double weight = weight_of(call, r);
      if (weight == 0 || !std::isfinite(result)) continue;

      add_scaled(-weight / (s * s), precise, row_adjoint(value, r));
      add_scaled(weight / (s * s), precise, row_adjoint(location, r));
      const std::span<double> scale_adjoint = row_adjoint(scale, r);
      const std::span<double> dependence_adjoint = row_adjoint(dependence, r);
      if (!scale_adjoint.empty()) scale_adjoint[0] += weight * (squares - size) / s;
      if (dependence_adjoint.empty()) continue;
      const std::span<const double> inverse = matrix.inverse();
      for_each_edge(row_values(node1, r), row_values(node2, r), [&](std::size_t i, std::size_t j) {
        dependence_adjoint[0] += weight * (centred[i] * centred[j] / (s * s) - inverse[i * k + j]);
      });
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const std::size_t k = out.size();
    std::vector<double> precision(k * k);
    std::vector<double> lower(k * k);
    fill_precision(parameters[2][0], parameters[3], parameters[4], k, precision);
    runtime::cholesky(precision.data(), static_cast<Index>(k), lower.data());
    rng.fill_normal(out);
    for (double& x : out) x *= parameters[1][0];
    colour_by_precision(lower.data(), parameters[0], out);
  }
};

/// The largest eigenvalue of D^-1/2 W D^-1/2 is 1; the smallest, which ends the range below,
/// depends on the graph.
constexpr Support below_one = between({}, {Bound::Kind::constant, 1, true});
constexpr Support node = between({Bound::Kind::constant, 1}, {}, Support::Kind::whole_number);

constexpr Parameter parameters[] = {{"location", Support::real, "k"},
                                    {"scale", Support::positive, ""},
                                    {"dependence", below_one, ""},
                                    {"node1", node, "m"},
                                    {"node2", node, "m"}};

}  // namespace

constinit const Distribution car = describe_event<Car>(
    {.name = "car",
     .parameters = parameters,
     .summary = "conditional autoregression on the graph with edges node1[e] to node2[e], each "
                "once: precision (D - dependence W) / scale^2",
     .source = "Rue & Held (2005), Gaussian Markov Random Fields, ch. 1",
     .support = Support::real,
     .event = "k"});

}  // namespace vippl::stdlib::distributions
