#include "lang/checking/type.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace vippl::lang::checking {

namespace {

// Whole numbers up to here are exact in a double.
constexpr double largest_exact = 9007199254740992.0;

}  // namespace

Type unknown_type(bool fixed) {
  Type type;
  type.known = false;
  type.fixed = fixed;
  return type;
}

Type number_type(double value, bool is_int) {
  Type type;
  type.element = is_int ? Element::integer : Element::real;
  type.value = value;
  if (is_int && std::abs(value) < largest_exact) {
    type.size = Size::number(static_cast<std::int64_t>(value));
  }
  return type;
}

std::optional<Element> widest(Element a, Element b) {
  if (a == b) return a;
  const auto numeric = [](Element e) {
    return e == Element::boolean || e == Element::integer || e == Element::real;
  };
  if (!numeric(a) || !numeric(b)) return std::nullopt;
  return a == Element::real || b == Element::real ? Element::real : Element::integer;
}

Type either(const Type& a, const Type& b) {
  Type result = a;
  taint(result, b);
  const std::optional<Element> element = widest(a.element, b.element);
  if (!a.known || !b.known || !element || a.shape.size() != b.shape.size() || a.function ||
      b.function) {
    result = unknown_type(result.fixed);
    result.generated = a.generated || b.generated;
    return result;
  }
  result.element = *element;
  for (std::size_t i = 0; i < a.shape.size(); ++i) {
    if (a.shape[i].text() != b.shape[i].text()) result.shape[i] = Size::unknown();
  }
  result.value.reset();
  result.size.reset();
  if (!b.levels || !a.levels || a.levels->text() != b.levels->text()) result.levels.reset();
  result.labels.clear();
  return result;
}

void taint(Type& result, const Type& from) {
  result.fixed = result.fixed && from.fixed;
  result.generated = result.generated || from.generated;
  if (!result.fixed) {
    result.value.reset();
    result.size.reset();
  }
}

ArgumentType as_argument(const Type& type) {
  ArgumentType argument;
  argument.given = true;
  argument.element = type.element;
  argument.shape = type.shape;
  argument.fixed = type.fixed;
  argument.value = type.value;
  argument.size = type.size;
  return argument;
}

std::optional<std::int64_t> constant(const Size& size) {
  if (size.value()) return size.value();
  if (size.is_unknown() || !size.names().empty()) return std::nullopt;
  const std::string formula = size.text();
  std::int64_t value = 0;
  std::from_chars(formula.data(), formula.data() + formula.size(), value);
  return value;
}

std::string describe(const Type& type) {
  if (type.is_scalar()) return std::string(text(type.element));
  return fmt::format("{}{}", text(type.element), text(type.shape));
}

}  // namespace vippl::lang::checking
