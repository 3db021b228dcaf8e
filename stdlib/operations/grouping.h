#pragma once
#include "stdlib/rules.h"

// Functions of a group number, from 1 to K, per row.

namespace vippl::stdlib {

TypeResult segment_shape(std::span<const lang::ArgumentType> arguments);
TypeResult segment_mean_shape(std::span<const lang::ArgumentType> arguments);
std::shared_ptr<const runtime::Operation> make_segment_sum(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);
std::shared_ptr<const runtime::Operation> make_segment_mean(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);
std::shared_ptr<const runtime::Operation> make_segment_max(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);

/// Without K, as many levels as the largest group number: measured.
TypeResult one_hot_shape(std::span<const lang::ArgumentType> arguments);
TypeResult dummies_shape(std::span<const lang::ArgumentType> arguments);
std::shared_ptr<const runtime::Operation> make_one_hot(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);
std::shared_ptr<const runtime::Operation> make_dummies(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result);
lang::Shape measure_one_hot(std::span<const runtime::CallArgument> arguments);
lang::Shape measure_dummies(std::span<const runtime::CallArgument> arguments);

}  // namespace vippl::stdlib
