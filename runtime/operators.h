#pragma once
#include <memory>
#include <span>

#include "lang/ast.h"
#include "runtime/operation.h"

// The operators of the language, element by element over broadcast arrays.

namespace vippl::runtime {

/// One operator on two numbers; bools are 0 and 1. Not for `@` and `..`.
double apply_operator(lang::ast::BinaryOperator op, double a, double b);

/// The operation of one operator (not `@` and `..`) on arrays of these extents, broadcast to
/// `result`.
std::shared_ptr<const Operation> make_binary(lang::ast::BinaryOperator op, std::span<const Index> a,
                                             std::span<const Index> b,
                                             std::span<const Index> result);

/// -x, element by element.
std::shared_ptr<const Operation> make_negate(Index size);
/// not x, element by element.
std::shared_ptr<const Operation> make_not(Index size);

/// Inputs: condition, accepted, rejected, each broadcast to `result`. What is not chosen affects
/// neither the value nor the gradient.
std::shared_ptr<const Operation> make_choice(std::span<const Index> condition,
                                             std::span<const Index> accepted,
                                             std::span<const Index> rejected,
                                             std::span<const Index> result);

}  // namespace vippl::runtime
