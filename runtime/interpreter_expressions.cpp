#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lang/dotted_name.h"
#include "lang/match.h"
#include "runtime/contraction.h"
#include "runtime/interpreter.h"
#include "runtime/judge_data.h"
#include "runtime/operators.h"
#include "runtime/rearrange.h"

namespace vippl::runtime {

namespace {

using lang::Element;
using lang::ast::BinaryOperator;

bool is_arithmetic(BinaryOperator op) { return op >= BinaryOperator::add; }

bool counts_as_int(Element element) {
  return element == Element::integer || element == Element::boolean;
}

Element result_element(BinaryOperator op, Element a, Element b) {
  if (!is_arithmetic(op)) return Element::boolean;
  const bool whole =
      op == BinaryOperator::add || op == BinaryOperator::subtract || op == BinaryOperator::multiply;
  return whole && counts_as_int(a) && counts_as_int(b) ? Element::integer : Element::real;
}

// The formula of a fixed int scalar: its own, or the number it is.
lang::Size formula(const Value& value) {
  return value.size ? *value.size : lang::Size::number(static_cast<std::int64_t>(value.scalar));
}

// The formula of a + b, a - b or a * b where one of them has one; nothing else is needed to compare
// sizes.
std::shared_ptr<const lang::Size> combined(BinaryOperator op, const Value& a, const Value& b) {
  if (!a.size && !b.size) return nullptr;
  if (a.element != Element::integer || b.element != Element::integer) return nullptr;
  const lang::Size x = formula(a);
  const lang::Size y = formula(b);
  switch (op) {
    case BinaryOperator::add:
      return std::make_shared<const lang::Size>(x + y);
    case BinaryOperator::subtract:
      return std::make_shared<const lang::Size>(x - y);
    case BinaryOperator::multiply:
      return std::make_shared<const lang::Size>(x * y);
    default:
      return nullptr;
  }
}

bool same_levels(const Value& a, const Value& b) {
  return a.labels && b.labels && *a.labels == *b.labels;
}

std::string_view symbol(BinaryOperator op) {
  constexpr std::string_view symbols[] = {
      "or", "and", "==", "!=", "<", "<=", ">", ">=", "..", "+", "-", "*", "/", "@", "^"};
  return symbols[static_cast<std::size_t>(op)];
}

}  // namespace

Value Interpreter::evaluate(const lang::ast::Expression& expression) {
  return lang::match(
      expression.node,
      [](const lang::ast::Number& n) {
        return Value::number(n.value, n.is_int ? Element::integer : Element::real);
      },
      [](const lang::ast::Text& t) { return Value::string(t.value); },
      [](const lang::ast::Boolean& b) { return Value::number(b.value ? 1 : 0, Element::boolean); },
      [&](const lang::ast::Name& n) { return read(n.name, expression.span); },
      [&](const lang::ast::Call& n) { return evaluate(n, expression.span); },
      [&](const lang::ast::Unary& n) { return evaluate(n, expression.span); },
      [&](const lang::ast::Binary& n) { return evaluate(n, expression.span); },
      [&](const lang::ast::Choice& n) { return evaluate(n, expression.span); },
      [&](const lang::ast::ArrayLiteral& n) { return evaluate(n, expression.span); },
      [&](const lang::ast::Comprehension& n) { return evaluate(n, expression.span); },
      [&](const lang::ast::Subscript& n) { return evaluate(n, expression.span); },
      [&](const lang::ast::Member&) -> Value {
        const std::optional<std::string> name = lang::dotted_name(expression);
        if (name) return read(*name, expression.span);
        fail("not-a-model", expression.span, "`.` reads a latent of a sampled model by its name");
      });
}

Value Interpreter::evaluate(const lang::ast::Unary& node, lang::Span span) {
  const Value operand = evaluate(*node.operand);
  if (operand.element == Element::text) fail("not-a-number", span, "a text has no arithmetic");
  const Value* input = &operand;
  switch (node.op) {
    case lang::ast::UnaryOperator::negate: {
      const Element element = counts_as_int(operand.element) ? Element::integer : Element::real;
      if (operand.is_scalar() && !operand.is_latent() && !operand.differs_by_turn()) {
        Value result = Value::number(-operand.scalar, element);
        if (operand.size)
          result.size = std::make_shared<const lang::Size>(lang::Size::number(0) - *operand.size);
        return result;
      }
      const lang::Shape shape = operand.shape;
      return recorder_.apply(make_negate(lang::element_count(shape)), {&input, 1}, shape, element,
                             span);
    }
    case lang::ast::UnaryOperator::logical_not:
      return recorder_.apply(make_not(lang::element_count(operand.shape)), {&input, 1},
                             operand.shape, Element::boolean, span);
    case lang::ast::UnaryOperator::transpose: {
      if (operand.shape.size() < 2) {
        fail("shape-mismatch", span,
             fmt::format("`'` swaps the last two dimensions, but the shape is {}",
                         lang::text(operand.shape)),
             "a vector is neither row nor column: as_column(v) makes a matrix of it");
      }
      lang::Shape shape = operand.shape;
      std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
      return recorder_.apply(make_gather(transpose_index(extents(operand.shape))), {&input, 1},
                             shape, operand.element, span);
    }
  }
  throw lang::InternalError("unary operator");
}

Value Interpreter::evaluate(const lang::ast::Binary& node, lang::Span span) {
  if (node.op == BinaryOperator::range) return range(node, span);
  const Value a = evaluate(*node.left);
  const Value b = evaluate(*node.right);
  if (a.element == Element::text || b.element == Element::text) {
    const bool comparison =
        node.op == BinaryOperator::equal || node.op == BinaryOperator::not_equal;
    if (comparison && a.labels) return compare_label(node, a, b);
    if (comparison && b.labels) return compare_label(node, b, a);
    fail("not-a-number", span, "a text can only be compared, by == or !=, with a category");
  }
  return arithmetic(node.op, a, b, span);
}

Value Interpreter::arithmetic(BinaryOperator op, const Value& a, const Value& b, lang::Span span) {
  const Element element = result_element(op, a.element, b.element);
  const bool by_turn = a.differs_by_turn() || b.differs_by_turn();
  if (a.is_scalar() && b.is_scalar() && !a.is_latent() && !b.is_latent() && !by_turn) {
    Value result;
    if (op == BinaryOperator::matrix_multiply) {
      fail("shape-mismatch", span, "`@` needs arrays on both sides, these are numbers",
           "`*` multiplies numbers");
    }
    result = Value::number(apply_operator(op, a.scalar, b.scalar), element);
    result.size = combined(op, a, b);
    return result;
  }
  const bool latent = a.is_latent() || b.is_latent();
  const lang::Shape left = latent ? recorder_.cut(a.shape) : a.shape;
  const lang::Shape right = latent ? recorder_.cut(b.shape) : b.shape;
  const Value* inputs[] = {&a, &b};
  const bool is_product = op == BinaryOperator::matrix_multiply;
  if (is_product && latent && !a.is_scalar() && !b.is_scalar()) {
    const lang::Size& contracted = right.size() == 1 ? right[0] : right[right.size() - 2];
    if (recorder_.plate_axis({left.back()}) || recorder_.plate_axis({contracted})) {
      refuse_mixing_rows("`@`", span);
    }
  }
  const std::optional<lang::Shape> shape =
      is_product ? lang::contract(left, right) : lang::broadcast(left, right);
  if (!shape) {
    fail("shape-mismatch", span,
         fmt::format("`{}` of shapes {} and {}, which do not fit", symbol(op), lang::text(a.shape),
                     lang::text(b.shape)),
         is_product ? "`@` contracts the last dimension of the left side with the first of a "
                      "vector, or the last but one"
                    : "shapes are aligned at their last dimensions; as_column(v) appends a "
                      "dimension of size 1");
  }
  const std::vector<Index> left_extents = extents(left);
  const std::vector<Index> right_extents = extents(right);
  const bool is_design = !a.is_latent() && !a.differs_by_turn() && a.shape.size() == 2;
  if (is_product && is_design && b.is_latent() && b.shape.size() == 1) {
    judge_design(a, span, result_.warnings);
  }
  std::shared_ptr<const Operation> operation =
      is_product ? make_contraction(left_extents, right_extents)
                 : make_binary(op, left_extents, right_extents, extents(*shape));
  return recorder_.apply(std::move(operation), inputs, *shape, element, span);
}

Value Interpreter::compare_label(const lang::ast::Binary& node, const Value& category,
                                 const Value& text) {
  const bool text_is_left = std::holds_alternative<lang::ast::Text>(node.left->node);
  const lang::Span text_span = text_is_left ? node.left->span : node.right->span;
  const Labels& levels = *category.labels;
  const auto found = std::find(levels.begin(), levels.end(), *text.text);
  if (found == levels.end()) {
    std::string known;
    for (const std::string& level : levels) {
      if (known.size() > 60) {
        known += ", ...";
        break;
      }
      known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", level);
    }
    fail("unknown-level", text_span,
         fmt::format("\"{}\" is not a level of this category", *text.text),
         "its levels are " + known);
  }
  const Value code =
      Value::number(static_cast<double>(found - levels.begin()) + 1, Element::integer);
  const Value* inputs[] = {&category, &code};
  return recorder_.apply(make_binary(node.op, extents(category.shape), {}, extents(category.shape)),
                         inputs, category.shape, Element::boolean, node.op_span);
}

Value Interpreter::fixed_scalar(const lang::ast::Expression& expression, std::string_view role) {
  Value value = evaluate(expression);
  if (value.is_latent()) {
    fail("latent-size", expression.span,
         fmt::format("{} must be fixed, this depends on a latent", role));
  }
  if (value.differs_by_turn()) throw TurnByTurn();
  if (!value.is_scalar() || !counts_as_int(value.element)) {
    fail("size-not-int", expression.span,
         fmt::format("{} must be a single int, this is {}{}", role, lang::text(value.element),
                     lang::text(value.shape)));
  }
  return value;
}

lang::Size Interpreter::size_of(const lang::ast::Expression& expression) {
  const Value value = fixed_scalar(expression, "a size");
  if (value.scalar < 0) {
    fail("negative-size", expression.span,
         fmt::format("a size cannot be negative, this is {}", value.scalar));
  }
  return formula(value);
}

Value Interpreter::range(const lang::ast::Binary& node, lang::Span span) {
  const Value first = fixed_scalar(*node.left, "the start of a range");
  const Value last = fixed_scalar(*node.right, "the end of a range");
  const auto begin = static_cast<std::int64_t>(first.scalar);
  const auto end = static_cast<std::int64_t>(last.scalar);
  const std::int64_t count = std::max<std::int64_t>(end - begin + 1, 0);
  if (count > std::int64_t{1} << 31) {
    fail("range-too-long", span,
         fmt::format("the range {}..{} has {} elements", begin, end, count));
  }
  lang::Size size = lang::Size::number(count);
  if ((first.size || last.size) && end - begin + 1 >= 0) {
    size = formula(last) - formula(first) + lang::Size::number(1);
  }
  Elements elements(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    elements[static_cast<std::size_t>(i)] = static_cast<double>(begin + i);
  return Value::tensor({size}, std::move(elements), Element::integer);
}

Value Interpreter::evaluate(const lang::ast::Choice& node, lang::Span span) {
  const Value condition = evaluate(*node.condition);
  const bool varies = recorder_.is_random(condition) || recorder_.is_inner(condition);
  if (condition.is_scalar() && condition.differs_by_turn())
    return choose_by_turn(node, condition, span);
  if (condition.is_scalar() && !varies) {
    const bool chosen = decide(condition, node.condition->span);
    return evaluate(chosen ? *node.accepted : *node.rejected);
  }
  const Value accepted = evaluate(*node.accepted);
  const Value rejected = evaluate(*node.rejected);
  const bool latent = condition.is_latent() || accepted.is_latent() || rejected.is_latent();
  const auto cut = [&](const Value& v) { return latent ? recorder_.cut(v.shape) : v.shape; };
  const std::optional<lang::Shape> branches = lang::broadcast(cut(accepted), cut(rejected));
  const std::optional<lang::Shape> shape =
      branches ? lang::broadcast(cut(condition), *branches) : std::nullopt;
  if (!shape) {
    fail("shape-mismatch", span,
         fmt::format("the condition has shape {}, the branches {} and {}, which do not fit",
                     lang::text(condition.shape), lang::text(accepted.shape),
                     lang::text(rejected.shape)));
  }
  const Element element = static_cast<int>(accepted.element) > static_cast<int>(rejected.element)
                              ? accepted.element
                              : rejected.element;
  const bool is_category = element == Element::category;
  if (is_category && !same_levels(accepted, rejected)) {
    fail("levels-disagree", span, "the branches are categories with different levels",
         "compare each with a label, and choose between what follows");
  }
  const Value* inputs[] = {&condition, &accepted, &rejected};
  Value chosen = recorder_.apply(make_choice(extents(cut(condition)), extents(cut(accepted)),
                                             extents(cut(rejected)), extents(*shape)),
                                 inputs, *shape, element, span);
  if (is_category) chosen.labels = accepted.labels;
  return chosen;
}

Value Interpreter::stack(std::vector<Value> values, lang::Shape leading, lang::Span span) {
  lang::Shape shape = std::move(leading);
  Element element = Element::boolean;
  bool latent = false;
  for (const Value& value : values) {
    if (value.element == Element::text)
      fail("not-a-number", span, "an array holds numbers, not texts");
    if (!lang::same(value.shape, values.front().shape)) {
      fail("shape-mismatch", span,
           fmt::format("the elements of an array have one shape, these have {} and {}",
                       lang::text(values.front().shape), lang::text(value.shape)));
    }
    if (static_cast<int>(value.element) > static_cast<int>(element)) element = value.element;
    latent = latent || value.is_latent();
  }
  const bool one_category = std::all_of(values.begin(), values.end(), [&](const Value& value) {
    return same_levels(value, values.front());
  });
  if (element == Element::category && !one_category) element = Element::integer;
  if (!values.empty()) {
    const lang::Shape inner = latent ? recorder_.cut(values.front().shape) : values.front().shape;
    shape.insert(shape.end(), inner.begin(), inner.end());
  }
  std::vector<const Value*> inputs;
  std::vector<Piece> pieces;
  for (const Value& value : values) {
    pieces.push_back({static_cast<std::uint32_t>(inputs.size()), 0,
                      lang::element_count(latent ? recorder_.cut(value.shape) : value.shape)});
    inputs.push_back(&value);
  }
  Value whole = recorder_.apply(make_assemble(std::move(pieces)), inputs, shape, element, span);
  if (element == Element::category) whole.labels = values.front().labels;
  return whole;
}

Value Interpreter::evaluate(const lang::ast::ArrayLiteral& node, lang::Span span) {
  std::vector<Value> values;
  values.reserve(node.elements.size());
  for (const lang::ast::Expression& element : node.elements) values.push_back(evaluate(element));
  const auto count = static_cast<std::int64_t>(values.size());
  const Value& first = values.front();
  if (count == 1 && first.is_scalar() && !first.is_latent() && !first.differs_by_turn()) {
    Value single =
        Value::tensor({lang::Size::number(1)}, {values.front().scalar}, values.front().element);
    single.labels = values.front().labels;
    return single;
  }
  return stack(std::move(values), {lang::Size::number(count)}, span);
}

std::vector<PlaceValue> Interpreter::places(const std::vector<lang::ast::Place>& places) {
  std::vector<PlaceValue> result;
  result.reserve(places.size());
  for (const lang::ast::Place& place : places) {
    if (!place.index) {
      result.push_back({PlaceValue::Kind::all, {}, place.span});
      continue;
    }
    const lang::ast::Expression& index = **place.index;
    const auto* binary = std::get_if<lang::ast::Binary>(&index.node);
    const bool is_range = binary != nullptr && binary->op == BinaryOperator::range;
    Value value = evaluate(index);
    const bool is_mask = value.element == Element::boolean && !value.is_scalar();
    result.push_back({is_range || is_mask ? PlaceValue::Kind::range : PlaceValue::Kind::index,
                      std::move(value), place.span});
  }
  return result;
}

Value Interpreter::evaluate(const lang::ast::Subscript& node, lang::Span span) {
  std::vector<PlaceValue> at = places(node.places);
  if (std::ranges::any_of(at, [](const PlaceValue& p) { return p.value.differs_by_turn(); }))
    return select_by_turn(node, std::move(at), span);
  const auto* name = std::get_if<lang::ast::Name>(&node.base->node);
  Variable* variable = name == nullptr ? nullptr : find(name->name);
  const bool by_element = variable != nullptr && variable->array != nullptr;
  const Value base = by_element ? Value{} : evaluate(*node.base);
  const lang::Shape& shape = by_element ? variable->array->shape() : base.shape;
  auto resolved = resolve(shape, at, span);
  if (const auto* error = std::get_if<SubscriptError>(&resolved)) {
    fail(error->code, error->span, error->message, error->hint);
  }
  auto& selection = std::get<Selection>(resolved);
  if (by_element) {
    for (const std::int32_t position : selection.positions) {
      if (!variable->array->is_assigned(position)) {
        fail("unassigned-element", span,
             fmt::format("this element of `{}` has no value yet: element {} (in row-major order)",
                         name->name, position + 1));
      }
    }
    if (recorder_.plate_axis(selection.shape)) {
      // The subscript is data over the rows, to be cut with them: that takes the array as a whole.
      return select(whole(*variable, name->name, span), selection, span);
    }
    return variable->array->read(selection.positions, std::move(selection.shape), recorder_, span);
  }
  if (base.is_latent() && recorder_.plate()) {
    const std::optional<std::size_t> axis = recorder_.plate_axis(base.shape);
    if (axis && *axis < at.size() && at[*axis].kind != PlaceValue::Kind::all) {
      refuse_mixing_rows("a subscript", span);
    }
  }
  return select(base, selection, span);
}

Value Interpreter::select(const Value& base, const Selection& selection, lang::Span span) {
  const std::vector<std::int32_t>& positions = selection.positions;
  if (!base.is_latent() && !base.differs_by_turn()) {
    Elements elements;
    elements.reserve(positions.size());
    for (const std::int32_t position : positions) elements.push_back(base[position]);
    Value result = Value::tensor(selection.shape, std::move(elements), base.element);
    result.labels = base.labels;
    return result;
  }
  const Value* input = &base;
  if (recorder_.plate_axis(selection.shape) && !recorder_.plate_axis(base.shape)) {
    // The subscript itself is data over the rows: it is cut to the batch like any other.
    const Value index = Value::tensor(selection.shape, Elements(positions.begin(), positions.end()),
                                      Element::integer);
    const lang::Shape shape = recorder_.cut(selection.shape);
    const Value* inputs[] = {&base, &index};
    return recorder_.apply(make_gather_by_input(lang::element_count(shape)), inputs, shape,
                           base.element, span);
  }
  const auto count = static_cast<Index>(positions.size());
  const bool contiguous =
      !positions.empty() &&
      std::adjacent_find(positions.begin(), positions.end(), [](std::int32_t a, std::int32_t b) {
        return b != a + 1;
      }) == positions.end();
  std::shared_ptr<const Operation> operation =
      contiguous ? make_slice(positions.front(), count) : make_gather(positions);
  Value selected =
      recorder_.apply(std::move(operation), {&input, 1}, selection.shape, base.element, span);
  selected.labels = base.labels;
  return selected;
}

void Interpreter::refuse_mixing_rows(std::string_view what, lang::Span span) const {
  fail("batch-mixes-rows", span,
       fmt::format("{} mixes the rows of `{}`, which a minibatch cuts", what,
                   recorder_.plate()->name),
       "leave out --batch, or keep one value per row: `factor e`, not `factor sum(e)`");
}

}  // namespace vippl::runtime
