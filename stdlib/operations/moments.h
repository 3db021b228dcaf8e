#pragma once
#include "stdlib/rules.h"

// Covariances and correlations: of two vectors, or of the columns of a matrix.

namespace vippl::stdlib {

inline constexpr lang::Parameter x_y[] = {
    {"x", lang::Support::real, "*"},
    {.name = "y", .support = lang::Support::real, .shape = "*", .optional = true}};

TypeResult moments_shape(std::span<const lang::ArgumentType> arguments);
std::shared_ptr<const runtime::Operation> make_cov(std::span<const runtime::CallArgument> arguments,
                                                   const lang::Shape& result);
std::shared_ptr<const runtime::Operation> make_corr(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

/// Of a vector or a matrix.
TypeResult standardize_shape(std::span<const lang::ArgumentType> arguments);

}  // namespace vippl::stdlib
