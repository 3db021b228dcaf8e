#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lang/checking/checker.h"

namespace vippl::lang::checking {

namespace {

using Op = ast::BinaryOperator;

std::string_view symbol(Op op) {
  switch (op) {
    case Op::logical_or:
      return "or";
    case Op::logical_and:
      return "and";
    case Op::equal:
      return "==";
    case Op::not_equal:
      return "!=";
    case Op::less:
      return "<";
    case Op::less_equal:
      return "<=";
    case Op::greater:
      return ">";
    case Op::greater_equal:
      return ">=";
    case Op::range:
      return "..";
    case Op::add:
      return "+";
    case Op::subtract:
      return "-";
    case Op::multiply:
      return "*";
    case Op::divide:
      return "/";
    case Op::matrix_multiply:
      return "@";
    case Op::power:
      return "^";
  }
  VIPPL_ASSERT(false, "every operator has a symbol");
}

std::optional<double> folded(Op op, const Type& left, const Type& right) {
  if (!left.value || !right.value) return std::nullopt;
  const double a = *left.value;
  const double b = *right.value;
  switch (op) {
    case Op::add:
      return a + b;
    case Op::subtract:
      return a - b;
    case Op::multiply:
      return a * b;
    case Op::divide:
      return a / b;
    case Op::power:
      return std::pow(a, b);
    case Op::equal:
      return a == b;
    case Op::not_equal:
      return a != b;
    case Op::less:
      return a < b;
    case Op::less_equal:
      return a <= b;
    case Op::greater:
      return a > b;
    case Op::greater_equal:
      return a >= b;
    case Op::logical_and:
      return a != 0 && b != 0;
    case Op::logical_or:
      return a != 0 || b != 0;
    case Op::range:
    case Op::matrix_multiply:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Size> formula(Op op, const Type& left, const Type& right) {
  if (!left.size || !right.size) return std::nullopt;
  if (op == Op::add) return *left.size + *right.size;
  if (op == Op::subtract) return *left.size - *right.size;
  if (op == Op::multiply) return *left.size * *right.size;
  return std::nullopt;
}

bool is_square(const Type& type) {
  return type.shape.size() == 2 && !type.shape[0].is_literal_one() && !type.shape[0].is_unknown() &&
         type.shape[0].text() == type.shape[1].text();
}

}  // namespace

// A long sum is a deep tree to the left: it is read from its innermost left end, without recursion.
Type Checker::evaluate_binary(const ast::Binary& binary, Span span) {
  struct Step {
    const ast::Binary* node;
    Span span;
  };
  std::vector<Step> steps = {{&binary, span}};
  const ast::Expression* innermost = &*binary.left;
  while (const auto* left = std::get_if<ast::Binary>(&innermost->node)) {
    steps.push_back({left, innermost->span});
    innermost = &*left->left;
  }
  Type type = evaluate(*innermost);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const Type right = evaluate(*step->node->right);
    type = apply(*step->node, type, right, step->span);
  }
  return type;
}

Type Checker::apply(const ast::Binary& binary, const Type& left, const Type& right, Span span) {
  if (!left.known || !right.known) {
    Type result = unknown_type(left.fixed && right.fixed);
    result.generated = left.generated || right.generated;
    return result;
  }
  switch (binary.op) {
    case Op::range:
      return range(left, right, span);
    case Op::matrix_multiply:
      return product(left, right, span);
    case Op::multiply:
      if (is_square(left) && is_square(right)) {
        warn("square-product", binary.op_span,
             "`*` multiplies these square matrices element by element",
             "`@` is the matrix product");
      }
      return arithmetic(binary.op, left, right, span);
    case Op::add:
    case Op::subtract:
    case Op::divide:
    case Op::power:
      return arithmetic(binary.op, left, right, span);
    case Op::logical_or:
    case Op::logical_and:
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return comparison(binary, left, right, span);
  }
  return unknown_type();
}

std::optional<Shape> Checker::spread(const Type& left, const Type& right, Span span,
                                     const std::string& use) {
  std::optional<Shape> shape = broadcast(left.shape, right.shape);
  if (shape) return shape;
  std::string hint = "shapes are aligned at their last dimensions; sizes must be equal there";
  const bool rows = left.shape.size() == 2 && right.shape.size() == 1 &&
                    compare(left.shape[0], right.shape[0]) == Size::Comparison::equal;
  const bool rows_of_right = right.shape.size() == 2 && left.shape.size() == 1 &&
                             compare(right.shape[0], left.shape[0]) == Size::Comparison::equal;
  if (rows || rows_of_right) {
    hint = "`as_column(v)` aligns a vector with the rows of a matrix";
  }
  complain(
      "shape-mismatch", span,
      fmt::format("shapes {} and {} do not fit for {}", text(left.shape), text(right.shape), use),
      hint, origins(left.shape, right.shape));
  return std::nullopt;
}

Type Checker::arithmetic(Op op, const Type& left, const Type& right, Span span) {
  Type result;
  taint(result, left);
  taint(result, right);
  const std::string use = fmt::format("`{}`", symbol(op));
  if (!left.known || !right.known || !is_number(left, span, use) || !is_number(right, span, use)) {
    result.known = false;
    return result;
  }
  const std::optional<Shape> shape = spread(left, right, span, use);
  if (!shape) {
    result.known = false;
    return result;
  }
  result.shape = *shape;
  const bool whole = left.is_whole() && right.is_whole();
  const bool keeps_ints = op == Op::add || op == Op::subtract || op == Op::multiply;
  result.element = whole && keeps_ints ? Element::integer : Element::real;
  if (result.fixed && result.is_scalar()) {
    result.value = folded(op, left, right);
    if (result.element == Element::integer) result.size = formula(op, left, right);
  }
  return result;
}

Type Checker::comparison(const ast::Binary& binary, const Type& left, const Type& right,
                         Span span) {
  Type result;
  result.element = Element::boolean;
  taint(result, left);
  taint(result, right);
  const auto unknown = [&] {
    result.known = false;
    return result;
  };
  const std::string use = fmt::format("`{}`", symbol(binary.op));
  const bool logical = binary.op == Op::logical_and || binary.op == Op::logical_or;
  if (logical && (!left.is_whole() || !right.is_whole())) {
    const Type& wrong = left.is_whole() ? right : left;
    complain("type-mismatch", span, fmt::format("{} takes bool, got {}", use, describe(wrong)));
    return unknown();
  }
  const bool label_left = left.element == Element::text;
  const bool label_right = right.element == Element::text;
  if (label_left || label_right) {
    const Type& other = label_left ? right : left;
    const ast::Expression& label = label_left ? *binary.left : *binary.right;
    if (other.element != Element::category) {
      complain("type-mismatch", span,
               fmt::format("text is compared with a category only, got {}", describe(other)));
      return unknown();
    }
    const auto* written = std::get_if<ast::Text>(&label.node);
    if (written != nullptr && !other.labels.empty() &&
        std::find(other.labels.begin(), other.labels.end(), written->value) == other.labels.end()) {
      std::string levels;
      for (const std::string& each : other.labels) {
        levels += fmt::format("{}\"{}\"", levels.empty() ? "the levels are " : ", ", each);
      }
      complain("unknown-level", label.span,
               fmt::format("\"{}\" is not a level of this category", written->value), levels);
    }
  }
  const std::optional<Shape> shape = spread(left, right, span, use);
  if (!shape) return unknown();
  result.shape = *shape;
  const bool equality = binary.op == Op::equal || binary.op == Op::not_equal;
  const bool reals = left.element == Element::real || right.element == Element::real;
  if (equality && reals && !result.fixed && !result.generated && !place_.in_derived) {
    warn("real-equality", span, "two continuous latent values are equal with probability 0");
  }
  if (result.fixed && result.is_scalar()) result.value = folded(binary.op, left, right);
  return result;
}

Type Checker::range(const Type& first, const Type& last, Span span) {
  Type result;
  result.element = Element::integer;
  result.generated = first.generated || last.generated;
  for (const Type* end : {&first, &last}) {
    if (!end->is_scalar() || end->element != Element::integer) {
      complain("range-not-int", span,
               fmt::format("the ends of a range should be int, got {}", describe(*end)));
      return unknown_type();
    }
    if (!end->fixed && !end->generated) {
      complain("latent-range", span,
               "the ends of a range must be fixed, but one depends on a latent value",
               "run over a fixed range, and choose with `if c then a else b` what counts");
      return unknown_type();
    }
  }
  if (!first.size || !last.size) {
    result.shape = {Size::unknown()};
    return result;
  }
  const Size extent = *last.size - *first.size + Size::number(1);
  const std::optional<std::int64_t> count = constant(extent);
  if (count) {  // ranges never run backwards
    result.shape = {Size::number(std::max<std::int64_t>(*count, 0))};
  } else {
    result.shape = {extent};
  }
  return result;
}

Type Checker::product(const Type& left, const Type& right, Span span) {
  Type result;
  taint(result, left);
  taint(result, right);
  const auto unknown = [&] {
    result.known = false;
    return result;
  };
  if (!is_number(left, span, "`@`") || !is_number(right, span, "`@`")) return unknown();
  if (left.is_scalar() || right.is_scalar()) {
    complain("shape-mismatch", span,
             fmt::format("`@` takes vectors and matrices, got shapes {} and {}", text(left.shape),
                         text(right.shape)),
             "`*` multiplies by a scalar");
    return unknown();
  }
  const std::optional<Shape> shape = contract(left.shape, right.shape);
  if (!shape) {
    const Size& inner =
        right.shape.size() == 1 ? right.shape[0] : right.shape[right.shape.size() - 2];
    std::string hint;
    if (right.shape.size() == 2 &&
        compare(left.shape.back(), right.shape.back()) == Size::Comparison::equal) {
      hint = "a `'` after the right side transposes it";
    }
    complain(
        "shape-mismatch", span,
        fmt::format("`@` contracts the last dimension of {} with one of size {} of {}: {} and {} "
                    "differ",
                    text(left.shape), inner.text(), text(right.shape), left.shape.back().text(),
                    inner.text()),
        hint, origins({left.shape.back()}, {inner}));
    return unknown();
  }
  result.shape = *shape;
  const bool whole = left.is_whole() && right.is_whole();
  result.element = whole ? Element::integer : Element::real;
  return result;
}

}  // namespace vippl::lang::checking
