#pragma once
#include <memory>
#include <span>

#include "lang/ast.h"
#include "runtime/broadcast.h"
#include "runtime/operation.h"

// The operators of the language, element by element over broadcast arrays.

namespace vippl::runtime {

/// One operator on two numbers; bools are 0 and 1. Not for `@` and `..`.
double apply_operator(lang::ast::BinaryOperator op, double a, double b);

/// An operator on two broadcast arrays.
class BinaryOperation : public Operation {
 public:
  BinaryOperation(Broadcast a, Broadcast b, Index size)
      : a_(std::move(a)), b_(std::move(b)), size_(size) {}
  virtual lang::ast::BinaryOperator op() const = 0;
  /// How the left (0) or right (1) side stands under the result.
  const Broadcast& broadcast(std::size_t side) const { return side == 0 ? a_ : b_; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const final;
  std::shared_ptr<const Operation> repeated(Index count, std::span<const bool> shared) const final;

 protected:
  Broadcast a_;
  Broadcast b_;
  Index size_;
};

std::shared_ptr<const Operation> make_broadcast_binary(lang::ast::BinaryOperator op, Broadcast a,
                                                       Broadcast b, Index size);
bool is_negate(const Operation& operation);

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
