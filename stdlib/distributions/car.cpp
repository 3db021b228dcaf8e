#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "runtime/linear_algebra.h"
#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/event_moments.h"
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

/// (D - dependence W) x, edge by edge.
void multiply_by_precision(double dependence, std::span<const double> node1,
                           std::span<const double> node2, std::span<const double> x,
                           std::span<double> out) {
  std::ranges::fill(out, 0.0);
  for_each_edge(node1, node2, [&](std::size_t i, std::size_t j) {
    out[i] += x[i] - dependence * x[j];
    out[j] += x[j] - dependence * x[i];
  });
}

/// The eigenvalues of D^-1/2 W D^-1/2, then log det D: with them a log determinant costs one pass
/// (Jin, Carlin & Banerjee 2005, Biometrics 61(4)). Empty if a node has no neighbour.
std::vector<double> scaled_eigenvalues(std::span<const double> node1, std::span<const double> node2,
                                       std::size_t k) {
  std::vector<double> degrees(k);
  for_each_edge(node1, node2, [&](std::size_t i, std::size_t j) {
    degrees[i] += 1;
    degrees[j] += 1;
  });
  if (!are_positive(degrees)) return {};
  std::vector<double> matrix(k * k);
  for_each_edge(node1, node2, [&](std::size_t i, std::size_t j) {
    const double share = 1 / std::sqrt(degrees[i] * degrees[j]);
    matrix[i * k + j] += share;
    matrix[j * k + i] += share;
  });
  std::vector<double> result(k + 1);
  runtime::symmetric_eigenvalues(matrix.data(), static_cast<Index>(k), result.data());
  for (const double degree : degrees) result[k] += std::log(degree);
  return result;
}

/// log det(D - dependence W) and its derivative by the dependence.
struct LogDeterminant {
  double value = 0;
  double slope = 0;
  bool exists = false;
};

LogDeterminant from_eigenvalues(double dependence, std::span<const double> prepared) {
  LogDeterminant result{prepared.back(), 0, true};
  for (const double eigenvalue : prepared.first(prepared.size() - 1)) {
    const double left = 1 - dependence * eigenvalue;
    if (!(left > 0)) return {};
    result.value += std::log(left);
    result.slope -= eigenvalue / left;
  }
  return result;
}

/// Where the edges are not known beforehand, or some node has no neighbour.
LogDeterminant from_factor(double dependence, std::span<const double> node1,
                           std::span<const double> node2, Index k, bool with_slope,
                           double* scratch) {
  PositiveDefinite matrix(scratch, k);
  const auto extent = static_cast<std::size_t>(k);
  const std::span<double> precision(scratch + PositiveDefinite::scratch_size(k), extent * extent);
  fill_precision(dependence, node1, node2, extent, precision);
  if (!matrix.factorise(precision)) return {};
  LogDeterminant result{matrix.log_determinant(), 0, true};
  if (!with_slope) return result;
  const std::span<const double> inverse = matrix.inverse();
  for_each_edge(node1, node2,
                [&](std::size_t i, std::size_t j) { result.slope -= 2 * inverse[i * extent + j]; });
  return result;
}

struct Car {
  static constexpr runtime::LocationScale units = {.location = 0, .scale = 1};

  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    const Index k = arguments[0].extents[0];
    return PositiveDefinite::scratch_size(k) + k * k + 2 * k;
  }

  static std::vector<double> prepare(std::span<const EventArgument> arguments) {
    const EventArgument& node1 = arguments[4];
    const EventArgument& node2 = arguments[5];
    const auto k = static_cast<std::size_t>(arguments[0].extents[0]);
    if (node1.value == nullptr || node2.value == nullptr) return {};
    if (!are_edges(row_values(node1, 0), row_values(node2, 0), k)) return {};
    return scaled_eigenvalues(row_values(node1, 0), row_values(node2, 0), k);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& location = call.arguments[1];
    const EventArgument& scale = call.arguments[2];
    const EventArgument& dependence = call.arguments[3];
    const Index extent = value.extents[0];
    const auto k = static_cast<std::size_t>(extent);
    const std::span<double> centred(call.scratch, k);
    const std::span<double> precise(call.scratch + k, k);

    bool good = false;
    LogDeterminant determinant;
    for (Index r = 0; r < call.rows; ++r) {
      const double s = *scale.row(r);
      const double rho = *dependence.row(r);
      const std::span<const double> node1 = row_values(call.arguments[4], r);
      const std::span<const double> node2 = row_values(call.arguments[5], r);
      const bool other_edges = is_new(call.arguments[4], r) || is_new(call.arguments[5], r);
      if (other_edges) good = are_edges(node1, node2, k);
      if (other_edges || is_new(dependence, r)) {
        determinant = {};
        if (good && std::isfinite(rho)) {
          determinant = call.prepared.empty()
                            ? from_factor(rho, node1, node2, extent,
                                          call.weights != nullptr && dependence.adjoint != nullptr,
                                          call.scratch + 2 * k)
                            : from_eigenvalues(rho, call.prepared);
        }
      }
      for (std::size_t i = 0; i < k; ++i) centred[i] = value.row(r)[i] - location.row(r)[i];
      double& result = call.log_densities[r];
      if (!determinant.exists || !(s > 0) || !std::isfinite(s) || !are_finite(centred)) {
        result = outside(call, r);
        continue;
      }
      multiply_by_precision(rho, node1, node2, centred, precise);
      const double squares = dot(centred, precise) / (s * s);
      const auto size = static_cast<double>(k);
      result = 0.5 * (determinant.value - squares - size * std::log(2 * std::numbers::pi)) -
               size * std::log(s);
      const double weight = weight_of(call, r);
      if (weight == 0 || !std::isfinite(result)) continue;

      add_scaled(-weight / (s * s), precise, row_adjoint(value, r));
      add_scaled(weight / (s * s), precise, row_adjoint(location, r));
      const std::span<double> scale_adjoint = row_adjoint(scale, r);
      const std::span<double> dependence_adjoint = row_adjoint(dependence, r);
      if (!scale_adjoint.empty()) scale_adjoint[0] += weight * (squares - size) / s;
      if (dependence_adjoint.empty()) continue;
      double products = 0;
      for_each_edge(node1, node2,
                    [&](std::size_t i, std::size_t j) { products += centred[i] * centred[j]; });
      dependence_adjoint[0] += weight * (0.5 * determinant.slope + products / (s * s));
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

  static void mean(EventParameters parameters, std::span<double> out) {
    std::ranges::copy(parameters[0], out.begin());
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    const std::size_t k = out.size();
    std::vector<double> precision(k * k);
    fill_precision(parameters[2][0], parameters[3], parameters[4], k, precision);
    diagonal_of_inverse(precision, parameters[1][0] * parameters[1][0], out);
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
