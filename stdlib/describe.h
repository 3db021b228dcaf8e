#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "runtime/registry.h"
#include "stdlib/dual.h"
#include "stdlib/roll_call.h"

// Makes the registry's entry from what a distribution's file says: its facts, its formula and its
// sampler.

namespace vippl::stdlib {

using lang::between;
using lang::Bound;
using lang::Parameter;
using lang::Signature;
using lang::Support;
using runtime::Distribution;
using runtime::EventArgument;
using runtime::EventCall;
using runtime::EventParameters;
using runtime::Index;
using runtime::KernelArgument;
using runtime::Rng;
using runtime::ScalarKernel;

/// Makes right what a kernel wrote without looking at the domains: NaN where an argument is NaN,
/// else -infinity with zero partials where the value is off the support or a parameter off its
/// domain, and zero partials wherever the log density is -infinity.
void mend_outside(const Signature& facts, std::size_t count, const KernelArgument* arguments,
                  double* values, double* const* partials);

/// The same for log P(Y <= y) (`lower`) or log P(Y > y), which are known below and above the
/// support.
void mend_tail(const Signature& facts, bool lower, std::size_t count,
               const KernelArgument* arguments, double* values, double* const* partials);

/// Whole numbers have no derivative: writes zeros to their partials and takes them off the list.
void clear_partials_of_counts(const Signature& facts, std::size_t count,
                              std::span<double*> partials);

namespace detail {

/// Which parameters change from element to element. What depends on the others only, the compiler
/// moves out of the loop; one that changes is usually the one that a regression predicts.
enum class Varying { none, predicted, all };

template <class Formula>
constexpr std::size_t predicted_parameter() {
  if constexpr (requires { Formula::predicted; }) return Formula::predicted;
  return 0;
}

/// Sets the parameters that vary to those of element i; `set` takes a number and a value.
template <class Formula, Varying varying, class Set>
void for_each_varying(std::size_t i, const KernelArgument* arguments, const Set& set) {
  constexpr std::size_t predicted = predicted_parameter<Formula>();
  if constexpr (varying == Varying::predicted) set(predicted, arguments[predicted + 1][i]);
  if constexpr (varying == Varying::all)
    for_each_index<Formula::parameter_count>([&](std::size_t k) { set(k, arguments[k + 1][i]); });
}

/// Values and the partials by N arguments, those with a place in `partials`.
template <class Formula, std::size_t N, Varying varying>
void differentiate(std::size_t count, const KernelArgument* arguments, double* values,
                   double* const* partials) {
  constexpr std::size_t parameter_count = Formula::parameter_count;
  std::array<double*, N> out = {};
  std::array<std::array<double, N>, parameter_count + 1> seeds = {};
  std::size_t slot = 0;
  for (std::size_t k = 0; k <= parameter_count; ++k) {
    if (partials[k] == nullptr) continue;
    seeds[k][slot] = 1;
    out[slot++] = partials[k];
  }
  // Indices that the compiler knows, or the numbers stay in memory and nothing leaves the loop.
  const auto start = [&](std::size_t k, Dual<N>& x) {
    x.value = arguments[k].data[0];
    for_each_index<N>([&](std::size_t s) { x.partials[s] = seeds[k][s]; });
  };
  Dual<N> y;
  std::array<Dual<N>, parameter_count> parameters;
  start(0, y);
  for_each_index<parameter_count>([&](std::size_t k) { start(k + 1, parameters[k]); });
  for (std::size_t i = 0; i < count; ++i) {
    y.value = arguments[0][i];
    for_each_varying<Formula, varying>(
        i, arguments, [&](std::size_t k, double value) { parameters[k].value = value; });
    const Dual<N> result = Formula::template log_density<Dual<N>>(y, parameters);
    values[i] = result.value;
    for_each_index<N>([&](std::size_t s) { out[s][i] = result.partials[s]; });
  }
}

template <class Formula, Varying varying>
void evaluate(std::size_t count, const KernelArgument* arguments, double* values) {
  std::array<double, Formula::parameter_count> parameters;
  for (std::size_t k = 0; k < Formula::parameter_count; ++k)
    parameters[k] = arguments[k + 1].data[0];
  for (std::size_t i = 0; i < count; ++i) {
    for_each_varying<Formula, varying>(i, arguments,
                                       [&](std::size_t k, double value) { parameters[k] = value; });
    values[i] = Formula::template log_density<double>(arguments[0][i], parameters);
  }
}

template <class Formula, Varying varying, std::size_t N = Formula::parameter_count + 1>
void dispatch(std::size_t active, std::size_t count, const KernelArgument* arguments,
              double* values, double* const* partials) {
  if constexpr (N == 0) {
    evaluate<Formula, varying>(count, arguments, values);
  } else if (active == N) {
    differentiate<Formula, N, varying>(count, arguments, values, partials);
  } else {
    dispatch<Formula, varying, N - 1>(active, count, arguments, values, partials);
  }
}

/// The kernel of a formula, without looks at the domains.
template <class Formula>
void formula_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                    double* const* partials) {
  if (count == 0) return;
  std::size_t active = 0;
  std::size_t varying = 0;
  for (std::size_t k = 0; k <= Formula::parameter_count; ++k) {
    if (partials[k] != nullptr) ++active;
    if (k > 0 && arguments[k].step != 0) ++varying;
  }
  if constexpr (Formula::parameter_count > 0) {
    if (varying == 1 && arguments[predicted_parameter<Formula>() + 1].step != 0)
      return dispatch<Formula, Varying::predicted>(active, count, arguments, values, partials);
    if (varying > 0)
      return dispatch<Formula, Varying::all>(active, count, arguments, values, partials);
  }
  dispatch<Formula, Varying::none>(active, count, arguments, values, partials);
}

template <class Formula, const Distribution& self>
void kernel(std::size_t count, const KernelArgument* arguments, double* values,
            double* const* partials) {
  std::array<double*, Formula::parameter_count + 1> wanted = {};
  if (partials != nullptr) {
    std::copy_n(partials, wanted.size(), wanted.begin());
    clear_partials_of_counts(self.facts, count, wanted);
  }
  bool done = false;
  if constexpr (requires { &Formula::fast_kernel; })
    done = Formula::fast_kernel(count, arguments, values, wanted.data());
  if (!done) formula_kernel<Formula>(count, arguments, values, wanted.data());
  mend_outside(self.facts, count, arguments, values, partials);
}

/// log P(Y <= y) or log P(Y > y) by the formula.
template <class Formula, bool lower, class T>
T log_tail(const T& y, std::span<const T> parameters) {
  if constexpr (lower) return Formula::template log_cdf<T>(y, parameters);
  return Formula::template log_ccdf<T>(y, parameters);
}

/// One way for all layouts and choices of partials: tails cost more than what could be saved.
template <class Formula, const Distribution& self, bool lower>
void tail_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                 double* const* partials) {
  constexpr std::size_t N = Formula::parameter_count + 1;
  std::array<double*, N> wanted = {};
  if (partials != nullptr) {
    std::copy_n(partials, N, wanted.begin());
    clear_partials_of_counts(self.facts, count, wanted);
  }
  if (wanted == std::array<double*, N>{}) {
    std::array<double, N> x;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < N; ++k) x[k] = arguments[k][i];
      values[i] = log_tail<Formula, lower, double>(x[0], std::span<const double>(x).subspan(1));
    }
  } else {
    std::array<Dual<N>, N> x;
    for (std::size_t k = 0; k < N; ++k) x[k].partials[k] = wanted[k] != nullptr ? 1 : 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < N; ++k) x[k].value = arguments[k][i];
      const Dual<N> result =
          log_tail<Formula, lower, Dual<N>>(x[0], std::span<const Dual<N>>(x).subspan(1));
      values[i] = result.value;
      for (std::size_t k = 0; k < N; ++k)
        if (wanted[k] != nullptr) wanted[k][i] = result.partials[k];
    }
  }
  mend_tail(self.facts, lower, count, arguments, values, partials);
}

template <class Formula>
void sample(std::span<const std::span<const double>> parameters, Rng& rng, std::span<double> out) {
  std::array<double, Formula::parameter_count> numbers;
  for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = parameters[k][0];
  out[0] = Formula::sample(std::span<const double>(numbers), rng);
}

}  // namespace detail

/// The entry of a distribution of a number. `Formula` has
///   static constexpr std::size_t parameter_count
///   template <class T> static T log_density(T y, std::span<const T> parameters), right inside the
///   domains static double sample(std::span<const double> parameters, Rng& rng)
/// and may have
///   static constexpr std::size_t predicted, the parameter that most often varies from element to
///   element (0 if not said) static constexpr runtime::DensityForm form, if it is one that the
///   engine knows static bool fast_kernel(count, arguments, values, partials),
///   differentiated by hand for the arguments that matter
///     (false for others, which the formula serves; `partials` is never null, and holds none for
///     whole numbers).
///   template <class T> static T log_cdf(T y, std::span<const T> parameters), and log_ccdf: the log
///     probabilities of at most y and of more than y, right for y in the support (of counts: for
///     any y in its range, whole or not)
///   static double quantile(double p, std::span<const double> parameters), with log_cdf
///   static double mean(std::span<const double> parameters), and variance
/// `self` is the object that is being defined: its kernel reads the domains from it.
template <class Formula, const Distribution& self>
constexpr Distribution describe(Signature facts) {
  facts.callable = Signature::Callable::distribution;
  Distribution entry = {.facts = facts, .kernel = &detail::kernel<Formula, self>};
  if constexpr (requires { Formula::form; }) entry.form = Formula::form;
  if constexpr (requires { &Formula::sample; }) entry.sample = &detail::sample<Formula>;
  if constexpr (requires { &Formula::template log_cdf<double>; }) {
    entry.log_cdf = &detail::tail_kernel<Formula, self, true>;
    entry.log_ccdf = &detail::tail_kernel<Formula, self, false>;
    entry.facts.has_cdf = true;
  }
  if constexpr (requires { &Formula::quantile; }) entry.quantile = &Formula::quantile;
  if constexpr (requires { &Formula::mean; }) entry.mean = &Formula::mean;
  if constexpr (requires { &Formula::variance; }) entry.variance = &Formula::variance;
  return entry;
}

/// The entry of a distribution of a vector or matrix, or with such a parameter. `Density` has
///   static void event_density(const EventCall& call)
///   static Index event_scratch(Index rows, std::span<const EventArgument> arguments)
///   static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
///   std::span<double> out)
/// and may have
///   static constexpr runtime::DensityForm form, if it is one that the engine knows
///   static constexpr runtime::LocationScale units, of vectors that are location + scale z
///   static std::vector<double> prepare(std::span<const EventArgument> arguments)
///   static void mean(EventParameters parameters, std::span<double> out), and variance
template <class Density>
constexpr Distribution describe_event(Signature facts) {
  facts.callable = Signature::Callable::distribution;
  Distribution entry = {.facts = facts,
                        .event_density = &Density::event_density,
                        .event_scratch = &Density::event_scratch,
                        .sample = &Density::sample};
  if constexpr (requires { Density::form; }) entry.form = Density::form;
  if constexpr (requires { Density::units; }) entry.event_units = Density::units;
  if constexpr (requires { &Density::prepare; }) entry.event_prepare = &Density::prepare;
  if constexpr (requires { &Density::mean; }) entry.event_mean = &Density::mean;
  if constexpr (requires { &Density::variance; }) entry.event_variance = &Density::variance;
  return entry;
}

}  // namespace vippl::stdlib
