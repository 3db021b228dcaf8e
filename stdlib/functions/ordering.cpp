#include <algorithm>
#include <numeric>

#include "stdlib/operations/fixed_operation.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::ResultElement;
using lang::Support;

constexpr Parameter vector[] = {{"x", Support::real, "n"}};

void sort(std::span<const double> x, std::span<double> out) {
  std::ranges::copy(x, out.begin());
  std::ranges::sort(out);
}

// Positions from 1 in ascending order of their elements; equal ones in their own order.
void order(std::span<const double> x, std::span<double> out) {
  std::iota(out.begin(), out.end(), 1.0);
  const auto at = [x](double position) { return x[static_cast<std::size_t>(position) - 1]; };
  std::ranges::stable_sort(out, {}, at);
}

// Equal elements share the mean of their ranks.
void rank(std::span<const double> x, std::span<double> out) {
  std::vector<double> positions(x.size());
  order(x, positions);
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(positions[i]) - 1; };
  for (std::size_t first = 0; first < x.size();) {
    std::size_t last = first + 1;
    while (last < x.size() && x[at(last)] == x[at(first)]) ++last;
    const double shared = 0.5 * static_cast<double>(first + 1 + last);
    for (; first < last; ++first) out[at(first)] = shared;
  }
}

std::vector<double> distinct(std::span<const double> x) {
  std::vector<double> values(x.begin(), x.end());
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  return values;
}

void unique(std::span<const double> x, std::span<double> out) {
  std::ranges::copy(distinct(x), out.begin());
}

void which(std::span<const double> x, std::span<double> out) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] != 0) out[next++] = static_cast<double>(i + 1);
  }
}

std::span<const double> elements(const runtime::CallArgument& argument) {
  return {argument.data, static_cast<std::size_t>(argument.size)};
}

lang::Shape vector_of(std::ptrdiff_t count) { return {lang::Size::unknown(count)}; }

constexpr runtime::Function measured(
    runtime::Function function, lang::Shape (*measure)(std::span<const runtime::CallArgument>)) {
  function.measure = measure;
  return function;
}

// The size "?" is named by no argument, hence unknown until it is measured.
constexpr runtime::Function rows[] = {
    fixed_function<"sort", sort>({.parameters = vector,
                                  .summary = "the elements in ascending order",
                                  .result = "n",
                                  .result_element = ResultElement::as_arguments}),
    fixed_function<"order", order>({.parameters = vector,
                                    .summary = "the positions that sort x: x[order(x)] ascends",
                                    .result = "n",
                                    .result_element = ResultElement::integer}),
    fixed_function<"rank", rank>({.parameters = vector,
                                  .summary = "the rank of each element; equal ones share theirs",
                                  .result = "n"}),
    measured(fixed_function<"unique", unique>({.parameters = vector,
                                               .summary = "the distinct elements, ascending",
                                               .result = "?",
                                               .result_element = ResultElement::as_arguments}),
             [](std::span<const runtime::CallArgument> arguments) {
               return vector_of(std::ssize(distinct(elements(arguments[0]))));
             }),
    measured(fixed_function<"which", which>({.parameters = vector,
                                             .summary = "the positions of the true elements",
                                             .result = "?",
                                             .result_element = ResultElement::integer}),
             [](std::span<const runtime::CallArgument> arguments) {
               const std::span<const double> x = elements(arguments[0]);
               return vector_of(std::ranges::count_if(x, [](double e) { return e != 0; }));
             }),
};

}  // namespace

constinit const FunctionTable ordering = rows;

}  // namespace vippl::stdlib::functions
