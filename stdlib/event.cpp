#include "stdlib/event.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vippl::stdlib {

using runtime::EventArgument;
using runtime::EventCall;
using runtime::Index;

namespace {

double at(std::span<const double> matrix, Index k, Index i, Index j) {
  return matrix[static_cast<std::size_t>(i * k + j)];
}

}  // namespace

Index event_size(const EventArgument& argument) {
  Index size = 1;
  for (Index extent : argument.extents) size *= extent;
  return size;
}

std::span<const double> row_values(const EventArgument& argument, Index r) {
  return {argument.row(r), static_cast<std::size_t>(event_size(argument))};
}

std::span<double> row_adjoint(const EventArgument& argument, Index r) {
  if (argument.adjoint == nullptr) return {};
  return {argument.row_adjoint(r), static_cast<std::size_t>(event_size(argument))};
}

bool is_new(const EventArgument& argument, Index r) { return r == 0 || argument.stride != 0; }

bool has_nan(std::span<const double> values) {
  return std::ranges::any_of(values, [](double x) { return std::isnan(x); });
}

bool are_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double x) { return std::isfinite(x); });
}

bool are_positive(std::span<const double> values) {
  return std::ranges::all_of(values, [](double x) { return x > 0 && std::isfinite(x); });
}

bool is_simplex(std::span<const double> values) {
  double sum = 0;
  for (double x : values) {
    if (!(x >= 0)) return false;
    sum += x;
  }
  return std::abs(sum - 1) <= unit_tolerance;
}

bool is_ordered(std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) return false;
    if (i > 0 && values[i] <= values[i - 1]) return false;
  }
  return true;
}

bool is_symmetric(std::span<const double> matrix, Index k) {
  for (Index i = 0; i < k; ++i) {
    for (Index j = 0; j < i; ++j) {
      const double below = at(matrix, k, i, j);
      const double above = at(matrix, k, j, i);
      const double size = std::abs(at(matrix, k, i, i)) + std::abs(at(matrix, k, j, j));
      if (!(std::abs(below - above) <= unit_tolerance * size)) return false;
    }
  }
  return true;
}

bool is_cholesky_factor(std::span<const double> matrix, Index k) {
  for (Index i = 0; i < k; ++i) {
    const double diagonal = at(matrix, k, i, i);
    if (!(diagonal > 0) || !std::isfinite(diagonal)) return false;
    for (Index j = i + 1; j < k; ++j)
      if (at(matrix, k, i, j) != 0) return false;
  }
  return true;
}

double log_sum_exp(std::span<const double> values) {
  const double largest = *std::ranges::max_element(values);
  double sum = 0;
  for (double x : values) sum += std::exp(x - largest);
  return largest + std::log(sum);
}

bool is_category(double y, std::size_t size) {
  return y >= 1 && y <= static_cast<double>(size) && std::floor(y) == y;
}

double outside(const EventCall& call, Index r) {
  const bool undefined = std::ranges::any_of(call.arguments, [r](const EventArgument& argument) {
    return has_nan(row_values(argument, r));
  });
  return undefined ? std::numeric_limits<double>::quiet_NaN()
                   : -std::numeric_limits<double>::infinity();
}

double weight_of(const EventCall& call, Index r) {
  return call.weights == nullptr ? 0 : call.weights[r];
}

Index no_scratch(Index /*rows*/, std::span<const EventArgument> /*arguments*/) { return 0; }

}  // namespace vippl::stdlib
