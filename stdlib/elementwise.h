#pragma once
#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "runtime/elementwise_operation.h"
#include "runtime/lanes.h"
#include "runtime/map_operation.h"
#include "runtime/registry.h"
#include "runtime/simd/engine.h"
#include "runtime/value.h"

// Rows of tables of elementwise functions, from captureless lambdas: the kernels are made where
// the lambdas are known, so that their loops inline and vectorise.

namespace vippl::stdlib {

/// A text as a template argument.
template <std::size_t length>
struct Name {
  consteval Name(const char (&literal)[length]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(literal, length, text);
  }
  constexpr std::string_view view() const { return {text, length - 1}; }
  char text[length]{};
};

/// In place of a derivative: the function is constant almost everywhere.
struct NoDerivative {};
inline constexpr NoDerivative no_derivative;

/// `f` is a function of a number, or the member of the engine that has its loop.
template <auto f>
void map_kernel(std::size_t count, const double* x, double* y) {
  if constexpr (std::is_member_object_pointer_v<decltype(f)>) {
    (runtime::simd::engine().*f)(count, x, y);
  } else {
    for (std::size_t i = 0; i < count; ++i) y[i] = f(x[i]);
  }
}

/// Which of the forms the engine knows `f` is.
template <auto f>
constexpr runtime::MapForm map_form() {
  using runtime::simd::Engine;
  if constexpr (std::is_member_object_pointer_v<decltype(f)>) {
    if (f == &Engine::exp) return runtime::MapForm::exp;
    if (f == &Engine::log) return runtime::MapForm::log;
    if (f == &Engine::sqrt) return runtime::MapForm::sqrt;
  }
  return runtime::MapForm::other;
}

template <auto derivative>
void map_derivative(std::size_t count, const double* x, const double* y, const double* y_adjoint,
                    double* x_adjoint) {
  for (std::size_t i = 0; i < count; ++i) {
    x_adjoint[i] += runtime::chain(derivative(x[i], y[i]), y_adjoint[i]);
  }
}

/// The function y = f(x) of one argument; `derivative` takes x and y.
template <Name name, auto f, auto derivative>
constexpr runtime::Function map(lang::Signature facts) {
  facts.name = name.view();
  constexpr auto make = [](std::span<const runtime::CallArgument> arguments,
                           const lang::Shape&) -> std::shared_ptr<const runtime::Operation> {
    runtime::MapDerivative backward = nullptr;
    if constexpr (!std::is_same_v<std::remove_const_t<decltype(derivative)>, NoDerivative>) {
      backward = &map_derivative<derivative>;
    }
    return std::make_shared<const runtime::MapOperation>(name.view(), &map_kernel<f>, backward,
                                                         arguments[0].size, map_form<f>());
  };
  return {.facts = facts, .make = make};
}

template <auto f, auto... partials>
void elementwise_kernel(std::size_t count, const runtime::KernelArgument* x, double* y,
                        double* const* y_partials) {
  constexpr auto arguments = std::make_index_sequence<sizeof...(partials)>();
  const auto evaluate = [&]<std::size_t... k>(std::index_sequence<k...>) {
    for (std::size_t i = 0; i < count; ++i) y[i] = f(x[k][i]...);
    if (y_partials == nullptr) return;
    const auto differentiate = [&](double* partial, auto derivative) {
      if (partial == nullptr) return;
      for (std::size_t i = 0; i < count; ++i) partial[i] = derivative(x[k][i]..., y[i]);
    };
    (differentiate(y_partials[k], partials), ...);
  };
  evaluate(arguments);
}

/// How the inputs of an elementwise operation lie under its result.
std::vector<runtime::ElementwiseInput> elementwise_inputs(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

/// The function y = f(a, b, ...) of broadcast arguments; `partials` has for each argument the
/// derivative by it, which takes the arguments and y.
template <Name name, auto f, auto... partials>
constexpr runtime::Function elementwise(lang::Signature facts) {
  facts.name = name.view();
  constexpr auto make = [](std::span<const runtime::CallArgument> arguments,
                           const lang::Shape& result) -> std::shared_ptr<const runtime::Operation> {
    return std::make_shared<const runtime::ElementwiseOperation>(
        name.view(), &elementwise_kernel<f, partials...>, elementwise_inputs(arguments, result),
        lang::element_count(result));
  };
  return {.facts = facts, .make = make};
}

/// The same without a derivative.
template <Name name, auto f>
constexpr runtime::Function constant_elementwise(lang::Signature facts) {
  facts.name = name.view();
  constexpr auto make = [](std::span<const runtime::CallArgument> arguments,
                           const lang::Shape& result) -> std::shared_ptr<const runtime::Operation> {
    constexpr auto zero = [](double, double, double) { return 0.0; };
    std::vector<runtime::ElementwiseInput> inputs = elementwise_inputs(arguments, result);
    for (runtime::ElementwiseInput& input : inputs) input.fixed = true;
    return std::make_shared<const runtime::ElementwiseOperation>(
        name.view(), &elementwise_kernel<f, zero, zero>, std::move(inputs),
        lang::element_count(result));
  };
  return {.facts = facts, .make = make};
}

}  // namespace vippl::stdlib
