#pragma once
#include "stdlib/rules.h"

namespace vippl::stdlib {

/// Rule for x, knots and degree: a row for each element of x, a column for each basis function.
TypeResult bspline_shape(std::span<const lang::ArgumentType> arguments);
std::shared_ptr<const runtime::Operation> make_bspline(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

}  // namespace vippl::stdlib
