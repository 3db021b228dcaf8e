#include <cmath>
#include <numbers>

#include "stdlib/operations/kernel_matrix.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::Support;

constexpr Parameter points = {"x", Support::real, "*"};
constexpr Parameter amplitude = {"amplitude", Support::positive, ""};
constexpr Parameter length = {"length", Support::positive, ""};
constexpr Parameter period = {"period", Support::positive, ""};
constexpr Parameter other_points = {
    .name = "x2", .support = Support::real, .shape = "*", .optional = true};

constexpr Parameter stationary[] = {points, amplitude, length, other_points};
constexpr Parameter repeating[] = {points, amplitude, length, period, other_points};
constexpr Parameter scaled[] = {points, amplitude, other_points};

constexpr std::string_view source = "Rasmussen & Williams (2006), ch. 4";

// Each with amplitude 1, of the squared distance.
KernelValue exp_quad(double square, double l, double) {
  const double value = std::exp(-0.5 * square / (l * l));
  return {value, -0.5 * value / (l * l), value * square / (l * l * l), 0};
}

KernelValue matern32(double square, double l, double) {
  const double z = std::numbers::sqrt3 * std::sqrt(square) / l;
  const double e = std::exp(-z);
  return {(1 + z) * e, -1.5 * e / (l * l), z * z * e / l, 0};
}

KernelValue matern52(double square, double l, double) {
  const double z = std::sqrt(5 * square) / l;
  const double e = std::exp(-z);
  const double slope = (1 + z) * e;
  return {(1 + z + z * z / 3) * e, -5.0 / 6 * slope / (l * l), z * z / 3 * slope / l, 0};
}

KernelValue periodic(double square, double l, double p) {
  const double distance = std::sqrt(square);
  const double angle = std::numbers::pi * distance / p;
  const double sine = std::sin(angle);
  const double value = std::exp(-2 * sine * sine / (l * l));
  const double factor = 4 * value * sine * std::cos(angle) / (l * l);
  // sin(angle) / distance tends to pi / p.
  const double by_square = distance == 0 ? -2 * value / (l * l) * std::pow(std::numbers::pi / p, 2)
                                         : -0.5 * factor * std::numbers::pi / (p * distance);
  return {value, by_square, 4 * value * sine * sine / (l * l * l), factor * angle / p};
}

constexpr runtime::Function rows[] = {
    {{.name = "exp_quad_kernel",
      .parameters = stationary,
      .summary = "squared exponential covariances of all pairs of points",
      .source = source,
      .result = "*",
      .rule = &kernel_shape},
     &make_stationary_kernel<"exp_quad_kernel", exp_quad>},
    {{.name = "matern32_kernel",
      .parameters = stationary,
      .summary = "Matern 3/2 covariances of all pairs of points",
      .source = source,
      .result = "*",
      .rule = &kernel_shape},
     &make_stationary_kernel<"matern32_kernel", matern32>},
    {{.name = "matern52_kernel",
      .parameters = stationary,
      .summary = "Matern 5/2 covariances of all pairs of points",
      .source = source,
      .result = "*",
      .rule = &kernel_shape},
     &make_stationary_kernel<"matern52_kernel", matern52>},
    {{.name = "periodic_kernel",
      .parameters = repeating,
      .summary = "covariances of all pairs of points that repeat with a period",
      .source = source,
      .result = "*",
      .rule = &kernel_shape},
     &make_periodic_kernel<"periodic_kernel", periodic>},
    {{.name = "linear_kernel",
      .parameters = scaled,
      .summary = "amplitude^2 times the inner products of all pairs of points",
      .source = source,
      .result = "*",
      .rule = &kernel_shape},
     &make_linear_kernel},
};

}  // namespace

constinit const FunctionTable kernels = rows;

}  // namespace vippl::stdlib::functions
