#include <algorithm>

#include "runtime/interpreter.h"

namespace vippl::runtime {

using lang::Element;
using lang::ast::BinaryOperator;

Value Interpreter::evaluate(const lang::ast::Comprehension& node, lang::Span span) {
  std::vector<Value> ranges;
  lang::Shape leading;
  for (const lang::ast::Over& over : node.over) {
    Value values = evaluate(*over.range);
    const bool is_whole = values.element == Element::integer || values.element == Element::boolean;
    if (values.is_latent() || values.shape.size() != 1 || !is_whole) {
      fail("loop-range", over.range->span,
           "a comprehension runs over a range or another fixed int vector");
    }
    leading.push_back(values.shape.front());
    ranges.push_back(std::move(values));
  }
  std::vector<Value> elements;
  const Restore restore(*this);
  const std::size_t mark = locals_.size();
  std::vector<Index> at(ranges.size(), 0);
  const bool empty =
      std::any_of(ranges.begin(), ranges.end(), [](const Value& r) { return r.count() == 0; });
  while (!empty) {
    for (std::size_t k = 0; k < ranges.size(); ++k) {
      locals_.push_back(
          {&node.over[k].variable.name, {Value::number(ranges[k][at[k]], Element::integer)}});
    }
    elements.push_back(evaluate(*node.element));
    locals_.resize(mark);
    std::size_t k = ranges.size();
    while (k > 0 && ++at[k - 1] == ranges[k - 1].count()) at[--k] = 0;
    if (k == 0) break;
  }
  if (empty) {
    const lang::Shape inner = element_shape(node);
    leading.insert(leading.end(), inner.begin(), inner.end());
  }
  return stack(std::move(elements), std::move(leading), span);
}

// That of an element at the first numbers of the ranges, as if they held them. Where there is no
// such element (row 1 of no rows), nothing is known, and it is taken for a number.
lang::Shape Interpreter::element_shape(const lang::ast::Comprehension& node) {
  const Restore restore(*this);
  const Recorder recorded = recorder_;  // nothing of it shall stay on the tape
  const std::size_t warnings = result_.warnings.size();
  const std::size_t frozen = result_.frozen.size();
  lang::Shape shape;
  try {
    for (const lang::ast::Over& over : node.over) {
      const auto* range = std::get_if<lang::ast::Binary>(&over.range->node);
      const bool has_first = range != nullptr && range->op == BinaryOperator::range;
      const double first = has_first ? evaluate(*range->left).scalar : 1;
      locals_.push_back({&over.variable.name, {Value::number(first, Element::integer)}});
    }
    shape = evaluate(*node.element).shape;
  } catch (const lang::ModelError&) {
    shape.clear();
  }
  recorder_ = recorded;
  result_.warnings.resize(warnings);
  result_.frozen.resize(frozen);
  return shape;
}

}  // namespace vippl::runtime
