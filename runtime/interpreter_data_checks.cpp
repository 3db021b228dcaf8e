#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/bad_places.h"
#include "runtime/broadcast.h"
#include "runtime/event_support.h"
#include "runtime/interpreter.h"

namespace vippl::runtime {

namespace {

using lang::Element;

bool is_number(const std::string& text) {
  double number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

// The number that a text with a decimal comma stands for, written with a point; else "".
std::string with_point(std::string text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos) return "";
  text[comma] = '.';
  return is_number(text) ? text : "";
}

}  // namespace

void Interpreter::check_missing(const std::string& name, const Field& field,
                                lang::Span span) const {
  std::vector<Index> missing;
  const std::size_t count = std::max(field.values.size(), field.texts.size());
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_nan = i < field.values.size() && std::isnan(field.values[i]);
    if (is_nan || field.is_missing(i)) missing.push_back(static_cast<Index>(i));
  }
  if (missing.empty()) return;
  const std::string places =
      first_places(missing, [&](Index i) { return field.place(static_cast<std::size_t>(i)); });
  fail("missing-value", span,
       missing.size() == 1
           ? fmt::format("`{}` has a missing value: {}", name, places)
           : fmt::format("`{}` has {} missing values: {}", name, missing.size(), places),
       fmt::format("drop the {} from the data file", missing.size() == 1 ? "row" : "rows"));
}

void Interpreter::fail_text(const std::string& name, const std::string& type, const Field& field,
                            lang::Span span, std::string hint) const {
  const auto bad = std::find_if_not(field.texts.begin(), field.texts.end(), is_number);
  // All cells may be numbers in quotes.
  const auto at =
      bad == field.texts.end() ? 0 : static_cast<std::size_t>(bad - field.texts.begin());
  const std::string cell = at < field.texts.size() ? field.texts[at] : "";
  if (const std::string number = with_point(cell); !number.empty()) {
    hint = fmt::format("a decimal comma is not read: write {}", number);
  }
  fail("text-in-numbers", span,
       fmt::format("`{}` is declared as {}, but {} holds the text \"{}\"", name, type,
                   field.place(at), shortened(cell)),
       std::move(hint));
}

void Interpreter::check_numbers(const lang::ast::Data& node, Value& value,
                                const PlaceOf& place) const {
  const std::string& type = node.type.element.name;
  if (value.element == Element::text) {
    fail("type-mismatch", node.name.span,
         fmt::format("`{}` is declared as {}, but this is a text", node.name.name, type));
  }
  if (type != "int" && type != "bool") {
    if (value.element != Element::real) value.size = nullptr;
    value.element = Element::real;
    return;
  }
  std::vector<Index> bad;
  for (Index i = 0; i < value.count(); ++i) {
    const double x = value[i];
    const bool fits = type == "int" ? std::isfinite(x) && x == std::floor(x) : x == 0 || x == 1;
    if (!fits) bad.push_back(i);
  }
  if (!bad.empty()) {
    fail("type-mismatch", node.name.span,
         fmt::format("`{}` is declared as {}, but {} is {}", node.name.name, type,
                     place(bad.front()), shown(value[bad.front()])),
         other_places(bad, place));
  }
  value.element = type == "int" ? Element::integer : Element::boolean;
}

void Interpreter::check_finite(const std::string& name, const Value& value, const PlaceOf& place,
                               lang::Span span) const {
  std::vector<Index> bad;
  for (Index i = 0; i < value.count(); ++i) {
    if (std::isinf(value[i])) bad.push_back(i);
  }
  if (bad.empty()) return;
  fail("infinite-value", span,
       bad.size() == 1 ? fmt::format("`{}` is infinite: {}", name, place(bad.front()))
                       : fmt::format("`{}` is infinite in {} rows: {}", name, bad.size(),
                                     first_places(bad, place)));
}

void Interpreter::check_bound(const std::string& name, const Value& value, const Value& bound,
                              bool is_lower, const PlaceOf& place, lang::Span span) const {
  if (bound.is_latent()) {
    fail("latent-value", span, "the bounds of `data` must be fixed, this depends on a latent");
  }
  const std::optional<lang::Shape> joined = lang::broadcast(value.shape, bound.shape);
  if (!joined || joined->size() != value.shape.size() || !lang::same(*joined, value.shape)) {
    fail("shape-mismatch", span,
         fmt::format("the bound has shape {}, which does not fit `{}` of shape {}",
                     lang::text(bound.shape), name, lang::text(value.shape)));
  }
  const Broadcast under = make_broadcast(extents(bound.shape), extents(value.shape));
  std::vector<Index> bad;
  for (Index i = 0; i < value.count(); ++i) {
    const double limit = bound[under[i]];
    const bool inside = is_lower ? value[i] >= limit : value[i] <= limit;
    // What is missing is refused before, where it may not be.
    if (!inside && !std::isnan(value[i])) bad.push_back(i);
  }
  if (bad.empty()) return;
  const Index first = bad.front();
  fail("data-out-of-bounds", span,
       fmt::format("`{}` must be {} {}, but {} is {}", name, is_lower ? "at least" : "at most",
                   shown(bound[under[first]]), place(first), shown(value[first])),
       other_places(bad, place));
}

void Interpreter::check_conditions(const lang::ast::Data& node, const Value& value,
                                   const PlaceOf& place) {
  const std::string& name = node.name.name;
  std::vector<Index> bad;
  for (Index i = 0; i < value.count(); ++i) {
    if (std::isnan(value[i])) bad.push_back(i);
  }
  if (!bad.empty() && !node.type.optional) {
    fail("missing-value", node.name.span,
         fmt::format("`{}` is not a number (NaN): {}", name, first_places(bad, place)));
  }
  for (const lang::ast::Argument& argument : node.type.arguments) {
    const lang::ast::Expression& expression = *argument.value;
    if (const auto* range = std::get_if<lang::ast::Binary>(&expression.node);
        range != nullptr && range->op == lang::ast::BinaryOperator::range) {
      check_bound(name, value, evaluate(*range->left), true, place, expression.span);
      check_bound(name, value, evaluate(*range->right), false, place, expression.span);
    } else if (argument.name) {
      check_bound(name, value, evaluate(expression), argument.name->name == "lower", place,
                  expression.span);
    }
  }
  check_constrained(node, value, place);
}

void Interpreter::check_constrained(const lang::ast::Data& node, const Value& value,
                                    const PlaceOf& place) {
  const std::string& type = node.type.element.name;
  if (type == "real" || type == "int" || type == "bool" || type == "category") return;
  const lang::Support::Kind kind = latent_type(node.type).kind;
  const Index k = value.shape.back().extent();
  const auto outside =
      first_outside(kind, k, {value.data(), static_cast<std::size_t>(value.count())});
  if (!outside) return;
  const Index entries = event_entries(kind, k);
  const std::string where =
      value.count() > entries ? fmt::format(" in number {}", outside->event + 1) : "";
  fail("data-outside-type", node.name.span,
       fmt::format("`{}` is declared as {}, but{} {} (from {})", node.name.name, type, where,
                   outside->problem, place(outside->event * entries)));
}

// Of a `let`, a parameter or a result: what is latent, or bounded by a latent, has other values at
// other points, and is not held to its type.
void Interpreter::check_inside(const lang::ast::Type& type, const Value& value, lang::Span span) {
  const auto place = [&](Index i) {
    return value.is_scalar() ? std::string("the value") : fmt::format("element {}", i + 1);
  };
  const auto check = [&](const lang::ast::Expression& expression, bool is_lower) {
    const Value bound = evaluate(expression);
    if (bound.is_latent()) return;
    const std::optional<lang::Shape> joined = lang::broadcast(value.shape, bound.shape);
    if (!joined || !lang::same(*joined, value.shape)) {
      fail("shape-mismatch", expression.span,
           fmt::format("the bound has shape {}, which does not fit a value of shape {}",
                       lang::text(bound.shape), lang::text(value.shape)));
    }
    const Broadcast under = make_broadcast(extents(bound.shape), extents(value.shape));
    for (Index i = 0; i < value.count(); ++i) {
      const double limit = bound[under[i]];
      if (is_lower ? value[i] >= limit : value[i] <= limit) continue;
      fail("value-outside-type", span,
           fmt::format("the type asks for {} {}, but {} is {}", is_lower ? "at least" : "at most",
                       shown(limit), place(i), shown(value[i])));
    }
  };
  for (const lang::ast::Argument& argument : type.arguments) {
    const lang::ast::Expression& expression = *argument.value;
    if (const auto* range = std::get_if<lang::ast::Binary>(&expression.node);
        range != nullptr && range->op == lang::ast::BinaryOperator::range) {
      check(*range->left, true);
      check(*range->right, false);
    } else if (argument.name) {
      check(expression, argument.name->name == "lower");
    }
  }
  const std::string& name = type.element.name;
  if (name == "real" || name == "int" || name == "bool" || name == "category") return;
  const auto outside = first_outside(latent_type(type).kind, value.shape.back().extent(),
                                     {value.data(), static_cast<std::size_t>(value.count())});
  if (outside) {
    fail("value-outside-type", span, fmt::format("the type is {}, but {}", name, outside->problem));
  }
}

}  // namespace vippl::runtime
