#include "stdlib/describe.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "runtime/simd/engine.h"

namespace vippl::stdlib {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The number a bound stands for, as an argument. Sizes of parameters bound vector distributions
/// only.
KernelArgument bound_argument(const Bound& bound, const KernelArgument* arguments) {
  return bound.kind == Bound::Kind::parameter ? arguments[1 + static_cast<std::size_t>(bound.value)]
                                              : KernelArgument{&bound.value, 0};
}

/// Whether some element fails; one vector instruction per few elements.
template <class Fails>
bool any(std::size_t count, const KernelArgument& x, const Fails& fails) {
  const double* __restrict data = x.data;
  if (x.step == 0) return count > 0 && fails(data[0]);
  std::int64_t failing = 0;
  for (std::size_t i = 0; i < count; ++i) failing += fails(data[i]) ? 1 : 0;
  return failing != 0;
}

bool any_beyond(std::size_t count, const KernelArgument& x, const Bound& bound, bool is_lower,
                const KernelArgument* arguments) {
  const KernelArgument limit = bound_argument(bound, arguments);
  // Fewer are looked at before the engine would have started.
  constexpr std::size_t few = 8;
  if (x.step == 0 && limit.step == 0) count = std::min<std::size_t>(count, 1);
  // Also where elements have bounds of their own, as the trials of a binomial.
  if (limit.step != 0 || count <= few) {
    bool beyond = false;
    for (std::size_t i = 0; i < count; ++i)
      beyond |= is_lower ? x[i] < limit[i] || (bound.open && x[i] == limit[i])
                         : x[i] > limit[i] || (bound.open && x[i] == limit[i]);
    return beyond;
  }
  using runtime::simd::Comparison;
  const Comparison comparison = is_lower
                                    ? (bound.open ? Comparison::at_or_below : Comparison::below)
                                    : (bound.open ? Comparison::at_or_above : Comparison::above);
  return runtime::simd::engine().any_beyond(count, x.data, comparison, limit.data[0]);
}

bool any_outside(std::size_t count, const KernelArgument& x, const Support& support,
                 const KernelArgument* arguments) {
  const auto is_bounded = [](const Bound& bound) { return bound.kind != Bound::Kind::none; };
  if (is_bounded(support.lower) && any_beyond(count, x, support.lower, true, arguments))
    return true;
  if (is_bounded(support.upper) && any_beyond(count, x, support.upper, false, arguments))
    return true;
  // Adding 2^52 rounds to a whole number, without a call to floor(). What is larger than that is
  // looked at again.
  constexpr double round = 0x1p52;
  return support.is_discrete() &&
         any(count, x, [](double v) { return (std::abs(v) + round) - round != std::abs(v); });
}

bool is_outside(double x, const Support& support, std::size_t i, const KernelArgument* arguments) {
  if (support.lower.kind != Bound::Kind::none) {
    const double at = bound_argument(support.lower, arguments)[i];
    if (support.lower.open ? x <= at : x < at) return true;
  }
  if (support.upper.kind != Bound::Kind::none) {
    const double at = bound_argument(support.upper, arguments)[i];
    if (support.upper.open ? x >= at : x > at) return true;
  }
  return support.is_discrete() && std::floor(x) != x;
}

const Support& support_of(const Signature& facts, std::size_t argument) {
  return argument == 0 ? facts.support : facts.parameters[argument - 1].support;
}

// Whether x lies below (or above) all values that a support has, infinite ends included.
bool is_beyond(double x, const Bound& bound, bool below, std::size_t i,
               const KernelArgument* arguments) {
  if (std::isinf(x) && (x < 0) == below) return true;
  if (bound.kind == Bound::Kind::none) return false;
  const double at = bound_argument(bound, arguments)[i];
  return below ? x < at || (bound.open && x == at) : x > at || (bound.open && x == at);
}

void overwrite(std::size_t i, double value, double partial, std::size_t argument_count,
               double* values, double* const* partials) {
  values[i] = value;
  if (partials == nullptr) return;
  for (std::size_t k = 0; k < argument_count; ++k)
    if (partials[k] != nullptr) partials[k][i] = partial;
}

}  // namespace

void clear_partials_of_counts(const Signature& facts, std::size_t count,
                              std::span<double*> partials) {
  for (std::size_t k = 0; k < partials.size(); ++k) {
    if (partials[k] == nullptr || !support_of(facts, k).is_discrete()) continue;
    std::fill_n(partials[k], count, 0.0);
    partials[k] = nullptr;
  }
}

void mend_outside(const Signature& facts, std::size_t count, const KernelArgument* arguments,
                  double* values, double* const* partials) {
  const std::size_t argument_count = facts.parameters.size() + 1;
  bool suspect = count == 1 ? !(values[0] > -infinity)
                            : runtime::simd::engine().any_beyond(
                                  count, values, runtime::simd::Comparison::not_above, -infinity);
  for (std::size_t k = 0; k < argument_count && !suspect; ++k)
    suspect = any_outside(count, arguments[k], support_of(facts, k), arguments);
  if (!suspect) return;

  for (std::size_t i = 0; i < count; ++i) {
    bool undefined = false;
    bool outside = false;
    for (std::size_t k = 0; k < argument_count; ++k) {
      const double x = arguments[k][i];
      undefined = undefined || std::isnan(x);
      outside = outside || is_outside(x, support_of(facts, k), i, arguments);
    }
    if (undefined)
      overwrite(i, not_a_number, not_a_number, argument_count, values, partials);
    else if (outside || values[i] == -infinity)
      overwrite(i, -infinity, 0, argument_count, values, partials);
  }
}

void mend_tail(const Signature& facts, bool lower, std::size_t count,
               const KernelArgument* arguments, double* values, double* const* partials) {
  const std::size_t argument_count = facts.parameters.size() + 1;
  for (std::size_t i = 0; i < count; ++i) {
    bool undefined = false;
    bool outside = false;
    for (std::size_t k = 0; k < argument_count; ++k) {
      undefined = undefined || std::isnan(arguments[k][i]);
      if (k > 0)
        outside = outside || is_outside(arguments[k][i], support_of(facts, k), i, arguments);
    }
    const double y = arguments[0][i];
    if (undefined)
      overwrite(i, not_a_number, not_a_number, argument_count, values, partials);
    else if (outside)
      overwrite(i, -infinity, 0, argument_count, values, partials);
    else if (is_beyond(y, facts.support.lower, true, i, arguments))
      overwrite(i, lower ? -infinity : 0, 0, argument_count, values, partials);
    else if (is_beyond(y, facts.support.upper, false, i, arguments))
      overwrite(i, lower ? 0 : -infinity, 0, argument_count, values, partials);
    else if (values[i] == -infinity)
      overwrite(i, -infinity, 0, argument_count, values, partials);
  }
}

}  // namespace vippl::stdlib
