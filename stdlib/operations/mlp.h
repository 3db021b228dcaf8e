#pragma once
#include "stdlib/rules.h"

// Dense networks. The weights and biases of all layers are one vector: layer by layer, the weights
// (inputs x outputs, row by row), then the biases.

namespace vippl::stdlib {

TypeResult mlp_shape(std::span<const lang::ArgumentType> arguments);
lang::Shape measure_mlp(std::span<const runtime::CallArgument> arguments);
std::shared_ptr<const runtime::Operation> make_mlp(std::span<const runtime::CallArgument> arguments,
                                                   const lang::Shape& result);

/// Number of weights and biases.
TypeResult mlp_size_type(std::span<const lang::ArgumentType> arguments);
std::shared_ptr<const runtime::Operation> make_mlp_size(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

/// Vectors with a number for each of them.
TypeResult mlp_vector_shape(std::span<const lang::ArgumentType> arguments);
lang::Shape measure_mlp_vector(std::span<const runtime::CallArgument> arguments);
std::shared_ptr<const runtime::Operation> make_mlp_scale(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);
std::shared_ptr<const runtime::Operation> make_mlp_start(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

}  // namespace vippl::stdlib
