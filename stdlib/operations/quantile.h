#pragma once
#include "stdlib/rules.h"

namespace vippl::stdlib {

std::shared_ptr<const runtime::Operation> make_median(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

/// The result has the shape of p; with an axis, followed by the other dimensions of x.
inline constexpr lang::Parameter quantile_parameters[] = {
    {"x", lang::Support::real, "*"},
    {.name = "p", .support = lang::Support::unit_interval, .shape = "*", .setting = true},
    {.name = "axis",
     .support = lang::Support::count,
     .shape = "",
     .optional = true,
     .setting = true}};
TypeResult quantile_shape(std::span<const lang::ArgumentType> arguments);
std::shared_ptr<const runtime::Operation> make_quantile(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

}  // namespace vippl::stdlib
