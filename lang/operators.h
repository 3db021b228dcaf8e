#pragma once
#include <span>
#include <string_view>

#include "lang/ast.h"

// The operators: how they are written and how tightly they bind. Reading and printing use the same
// table.

namespace vippl::lang {

enum class Associativity { left, right, none };

struct Infix {
  std::string_view text;
  ast::BinaryOperator op;
  int precedence;  ///< the higher, the tighter
  Associativity associativity = Associativity::left;
};

/// `not` binds more loosely than comparisons, a `-` before its operand between `*` and `^`.
constexpr int not_precedence = 3;
constexpr int minus_precedence = 8;
constexpr int postfix_precedence = 10;
constexpr int choice_precedence = 0;

std::span<const Infix> infixes();
const Infix& infix(std::string_view text);
const Infix& infix(ast::BinaryOperator op);

}  // namespace vippl::lang
