#include <fmt/format.h>

#include "lang/checking/checker.h"
#include "lang/match.h"

namespace vippl::lang::checking {

namespace {

// Nested deeper than this, an expression is left to run time.
constexpr std::size_t deepest = 600;
// Calls of functions are read anew for their arguments; past so many nodes the rest is left to run
// time.
constexpr std::size_t most_steps_in_call = 200000;
constexpr std::size_t most_steps_in_calls = 20000000;

}  // namespace

Type Checker::evaluate(const ast::Expression& expression) {
  if (depth_ > deepest) return unknown_type();
  if ((place_.in_function || place_.in_model) &&
      (++steps_in_call_ > most_steps_in_call || ++steps_in_calls_ > most_steps_in_calls)) {
    return unknown_type();
  }
  ++depth_;
  Type type = evaluate_node(expression);
  --depth_;
  return type;
}

Type Checker::evaluate_node(const ast::Expression& expression) {
  const Span span = expression.span;
  return match(
      expression.node, [](const ast::Number& node) { return number_type(node.value, node.is_int); },
      [](const ast::Text&) {
        Type type;
        type.element = Element::text;
        return type;
      },
      [](const ast::Boolean& node) {
        Type type;
        type.element = Element::boolean;
        type.value = node.value ? 1 : 0;
        return type;
      },
      [&](const ast::Name& node) { return evaluate_name(node, span); },
      [&](const ast::Call& node) { return evaluate_call(node, span); },
      [&](const ast::Unary& node) { return evaluate_unary(node, span); },
      [&](const ast::Binary& node) { return evaluate_binary(node, span); },
      [&](const ast::Choice& node) { return evaluate_choice(node, span); },
      [&](const ast::ArrayLiteral& node) { return evaluate_array(node); },
      [&](const ast::Comprehension& node) { return evaluate_comprehension(node); },
      [&](const ast::Subscript& node) { return subscripted(evaluate(*node.base), node.places); },
      [&](const ast::Member& node) { return evaluate_member(node, span); });
}

Type Checker::evaluate_name(const ast::Name& name, Span span) {
  const Definition* found = look_up(name.name, span);
  if (found == nullptr) return unknown_type();
  if (found->type.function) {
    complain("function-as-value", span, fmt::format("`{}` is a function, not a value", name.name),
             fmt::format("call it: {}(...)", name.name));
    return unknown_type();
  }
  if (refuse_unobserved(*found, name.name, span)) return unknown_type(false);
  return found->type;
}

bool Checker::is_number(const Type& type, Span span, const std::string& use) {
  if (type.is_number()) return true;
  const bool category = type.element == Element::category;
  complain(
      "not-a-number", span, fmt::format("{} takes numbers, got {}", use, describe(type)),
      category ? "a category is compared (`g == \"north\"`) or used as an index (`a[g]`)" : "");
  return false;
}

Type Checker::evaluate_unary(const ast::Unary& unary, Span span) {
  Type type = evaluate(*unary.operand);
  if (!type.known) return type;
  const Span inner = unary.operand->span;
  Type result = type;
  result.levels.reset();
  result.labels.clear();
  switch (unary.op) {
    case ast::UnaryOperator::negate:
      if (!is_number(type, inner, "`-`")) return unknown_type(type.fixed);
      if (result.element == Element::boolean) result.element = Element::integer;
      if (result.value) result.value = -*result.value;
      if (result.size) result.size = Size::number(0) - *result.size;
      return result;
    case ast::UnaryOperator::logical_not:
      if (!type.is_whole()) {
        complain("type-mismatch", inner, fmt::format("`not` takes bool, got {}", describe(type)));
        return unknown_type(type.fixed);
      }
      result.element = Element::boolean;
      if (result.value) result.value = *result.value == 0 ? 1 : 0;
      result.size.reset();
      return result;
    case ast::UnaryOperator::transpose:
      if (type.shape.size() < 2) {
        complain(
            "shape-mismatch", span,
            fmt::format("`'` swaps the last two dimensions, but the shape is {}", text(type.shape)),
            type.shape.empty() ? ""
                               : "a vector is neither row nor column: `@` takes it as it is, "
                                 "and `as_column` makes a matrix of it",
            origins(type.shape));
        return unknown_type(type.fixed);
      }
      std::swap(result.shape[result.shape.size() - 1], result.shape[result.shape.size() - 2]);
      return result;
  }
  return unknown_type();
}

}  // namespace vippl::lang::checking
