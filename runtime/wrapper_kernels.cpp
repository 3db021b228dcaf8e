#include "runtime/wrapper_kernels.h"

#include <array>
#include <cmath>
#include <limits>

#include "runtime/special.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Calls f(x, d) for each evaluation, where x has the N arguments and d, all zeros, is to receive
// the partials.
template <std::size_t N, class Formula>
void for_each(std::size_t count, const KernelArgument* arguments, double* values,
              double* const* partials, const Formula& formula) {
  for (std::size_t i = 0; i < count; ++i) {
    std::array<double, N> x;
    std::array<double, N> d = {};
    for (std::size_t k = 0; k < N; ++k) x[k] = arguments[k][i];
    values[i] = formula(x, d);
    if (partials == nullptr) continue;
    for (std::size_t k = 0; k < N; ++k)
      if (partials[k] != nullptr) partials[k][i] = d[k];
  }
}

// log(exp(a) - exp(b)) for a >= b, and its derivatives.
double log_difference(double a, double b, double& by_a, double& by_b) {
  if (b == -infinity) {
    by_a = 1;
    return a;
  }
  if (b >= a) return -infinity;  // bounds that leave nothing, or as good as nothing
  const double value = a + log1m_exp(b - a);
  if (value == -infinity) return value;
  by_a = std::exp(a - value);
  by_b = -std::exp(b - value);
  return value;
}

// x: the log tails at a and b, lower then upper.
double log_interval(const double* x, double* d) {
  const bool below_median = x[0] < x[2];
  if (below_median) return log_difference(x[1], x[0], d[1], d[0]);
  return log_difference(x[2], x[3], d[2], d[3]);
}

}  // namespace

void log_interval_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                         double* const* partials) {
  for_each<4>(count, arguments, values, partials,
              [](const auto& x, auto& d) { return log_interval(x.data(), d.data()); });
}

void exp_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                double* const* partials) {
  for_each<1>(count, arguments, values, partials,
              [](const auto& x, auto& d) { return d[0] = std::exp(x[0]); });
}

void truncation_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                       double* const* partials) {
  for_each<7>(count, arguments, values, partials, [](const auto& x, auto& d) {
    if (std::isnan(x[0])) return x[0];
    if (!(x[0] >= x[1] && x[0] <= x[2])) return -infinity;
    const double value = log_interval(&x[3], &d[3]);
    if (value == -infinity) {  // no probability between the bounds: no density there either
      d = {};
      return -infinity;
    }
    for (std::size_t k = 3; k < 7; ++k) d[k] = -d[k];
    return -value;
  });
}

void censored_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                     double* const* partials) {
  for_each<6>(count, arguments, values, partials, [](const auto& x, auto& d) {
    const std::size_t from = x[0] <= x[1] ? 4 : x[0] >= x[2] ? 5 : 3;
    if (x[from] != -infinity) d[from] = 1;
    return x[from];
  });
}

void zero_inflated_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                          double* const* partials) {
  for_each<3>(count, arguments, values, partials, [](const auto& x, auto& d) {
    const double p = x[1];
    if (!(p >= 0 && p <= 1)) return std::isnan(p) ? p : -infinity;
    if (x[0] != 0) {
      if (p == 1 || x[2] == -infinity) return -infinity;
      d[1] = -1 / (1 - p);
      d[2] = 1;
      return std::log1p(-p) + x[2];
    }
    const double density = std::exp(x[2]);
    const double chance = p + (1 - p) * density;
    if (chance > 0) {
      d[1] = (1 - density) / chance;
      d[2] = (1 - p) * density / chance;
      return std::log(chance);
    }
    if (p == 0) d[2] = 1;  // the density underflows, its log does not
    return x[2];
  });
}

void hurdle_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                   double* const* partials) {
  for_each<4>(count, arguments, values, partials, [](const auto& x, auto& d) {
    const double p = x[1];
    if (!(p >= 0 && p <= 1)) return std::isnan(p) ? p : -infinity;
    if (x[0] == 0) {
      if (p > 0) d[1] = 1 / p;
      return std::log(p);
    }
    const double rest = log1m_exp(x[3]);
    if (p == 1 || x[2] == -infinity || rest == -infinity) return -infinity;
    d[1] = -1 / (1 - p);
    d[2] = 1;
    d[3] = std::exp(x[3] - rest);
    return std::log1p(-p) + x[2] - rest;
  });
}

}  // namespace vippl::runtime
