#include <fmt/format.h>

#include "lang/checking/checker.h"

namespace vippl::lang::checking {

Type Checker::evaluate_choice(const ast::Choice& choice, Span span) {
  const Type test = condition(*choice.condition, "the condition of a choice");
  const Type accepted = evaluate(*choice.accepted);
  const Type rejected = evaluate(*choice.rejected);
  if (test.known && !test.fixed && !test.generated && !place_.in_derived && !place_.in_function) {
    warn("latent-branch", choice.condition->span,
         "this condition depends on a latent value: the log density may jump where it changes");
  }
  Type result = either(accepted, rejected);
  taint(result, test);
  if (!test.known || !accepted.known || !rejected.known) {
    result.known = false;
    return result;
  }
  const std::optional<Element> element = widest(accepted.element, rejected.element);
  if (!element) {
    complain("type-mismatch", span,
             fmt::format("the branches of a choice are {} and {}", describe(accepted),
                         describe(rejected)));
    result.known = false;
    return result;
  }
  if (test.is_scalar()) {
    if (test.value && test.fixed) {  // one side is evaluated, and it is known which
      Type taken = *test.value != 0 ? accepted : rejected;
      taint(taken, test);
      return taken;
    }
    return result;  // unknown where the shapes differ in number of dimensions
  }
  const std::optional<Shape> branches =
      spread(accepted, rejected, span, "the branches of a choice");
  if (!branches) {
    result.known = false;
    return result;
  }
  Type chosen;
  chosen.shape = *branches;
  const std::optional<Shape> shape =
      spread(test, chosen, span, "the condition and branches of a choice");
  result.known = shape.has_value();
  result.element = *element;
  result.shape = shape.value_or(Shape{});
  result.value.reset();
  result.size.reset();
  return result;
}

Type Checker::evaluate_array(const ast::ArrayLiteral& array) {
  Type result;
  bool first = true;
  for (const ast::Expression& expression : array.elements) {
    Type element = evaluate(expression);
    if (element.known && element.element == Element::text) {
      complain("type-mismatch", expression.span, "a text is not an element of an array",
               "a text is an argument, or is compared with a category: `g == \"north\"`");
      element = unknown_type();
    }
    if (first) {
      const bool fixed = result.fixed;
      result = element;
      result.fixed = result.fixed && fixed;
      first = false;
      continue;
    }
    taint(result, element);
    if (!element.known || !result.known) {
      result.known = false;
      continue;
    }
    const std::optional<Element> wide = widest(result.element, element.element);
    if (!wide) {
      complain("type-mismatch", expression.span,
               fmt::format("the elements of an array are {} and {}", text(result.element),
                           text(element.element)));
      result.known = false;
    } else if (!same(result.shape, element.shape)) {
      complain("shape-mismatch", expression.span,
               fmt::format("the elements of an array have one shape; the first has {}, this one {}",
                           text(result.shape), text(element.shape)),
               "`concat` joins vectors of different lengths", origins(result.shape, element.shape));
      result.known = false;
    } else {
      result.element = *wide;
    }
  }
  result.value.reset();
  result.size.reset();
  result.levels.reset();
  result.labels.clear();
  result.shape.insert(result.shape.begin(),
                      Size::number(static_cast<std::int64_t>(array.elements.size())));
  return result;
}

Type Checker::evaluate_comprehension(const ast::Comprehension& comprehension) {
  scopes_.push();
  Shape shape;
  for (const ast::Over& over : comprehension.over) {
    const Type range = loop_range(*over.range);
    shape.push_back(range.known ? range.shape[0] : Size::unknown());
    Type each;
    each.element = Element::integer;
    each.generated = range.generated;
    define(over.variable.name, Kind::loop_variable, each, over.variable.span);
  }
  Type result = evaluate(*comprehension.element);
  scopes_.pop();
  result.value.reset();
  result.size.reset();
  result.levels.reset();
  result.labels.clear();
  result.shape.insert(result.shape.begin(), shape.begin(), shape.end());
  return result;
}

}  // namespace vippl::lang::checking
