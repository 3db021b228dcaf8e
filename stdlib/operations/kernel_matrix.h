#pragma once
#include "stdlib/elementwise.h"
#include "stdlib/rules.h"

// Covariance matrices of Gaussian processes: a function of every pair of points, a point being an
// element of a vector or a row of a matrix.

namespace vippl::stdlib {

/// The correlation of two points and its derivatives.
struct KernelValue {
  double value = 0;
  double by_square = 0;  ///< of the distance
  double by_length = 0;
  double by_period = 0;
};
using CorrelationFunction = KernelValue (*)(double square, double length, double period);

using KernelArguments = std::span<const runtime::CallArgument>;

/// Rule for x, any scalars and, if not the pairs of x with itself, x2.
TypeResult kernel_shape(std::span<const lang::ArgumentType> arguments);

enum class Periodicity { none, period };
std::shared_ptr<const runtime::Operation> make_kernel_matrix(std::string_view name,
                                                             CorrelationFunction correlation,
                                                             Periodicity periodicity,
                                                             KernelArguments arguments);

template <Name name, CorrelationFunction correlation>
std::shared_ptr<const runtime::Operation> make_stationary_kernel(KernelArguments arguments,
                                                                 const lang::Shape& /*result*/) {
  return make_kernel_matrix(name.view(), correlation, Periodicity::none, arguments);
}

template <Name name, CorrelationFunction correlation>
std::shared_ptr<const runtime::Operation> make_periodic_kernel(KernelArguments arguments,
                                                               const lang::Shape& /*result*/) {
  return make_kernel_matrix(name.view(), correlation, Periodicity::period, arguments);
}

std::shared_ptr<const runtime::Operation> make_linear_kernel(KernelArguments arguments,
                                                             const lang::Shape& result);

}  // namespace vippl::stdlib
