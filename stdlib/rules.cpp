#include "stdlib/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vippl::stdlib {

namespace {

using lang::ArgumentType;
using lang::Element;
using lang::Mismatch;
using lang::ResultType;

TypeResult keep_shape(std::span<const ArgumentType> arguments, Element element) {
  const lang::Shape& shape = arguments[0].shape;
  if (shape.empty()) return Mismatch{0, "an array is expected here, got a scalar"};
  const auto axis = axis_of(arguments, 1, shape.size());
  if (const auto* wrong = std::get_if<Mismatch>(&axis)) return *wrong;
  return ResultType{element, shape};
}

}  // namespace

Element widest(std::span<const ArgumentType> arguments) {
  const bool has_real = std::ranges::any_of(arguments, [](const ArgumentType& argument) {
    return argument.given && argument.element == Element::real;
  });
  return has_real ? Element::real : Element::integer;
}

lang::Size size_of(const ArgumentType& argument) {
  if (argument.size) return *argument.size;
  if (argument.value) return lang::Size::number(static_cast<std::int64_t>(*argument.value));
  return lang::Size::unknown();
}

lang::Size total_size(const lang::Shape& shape) {
  lang::Size product = lang::Size::number(1);
  for (const lang::Size& size : shape) product = product * size;
  return product;
}

std::variant<std::optional<std::size_t>, Mismatch> axis_of(std::span<const ArgumentType> arguments,
                                                           std::size_t position, std::size_t rank) {
  const ArgumentType& axis = arguments[position];
  if (!axis.given) return std::nullopt;
  if (!axis.shape.empty()) {
    return Mismatch{position, fmt::format("`axis` should be a whole number, got shape {}",
                                          lang::text(axis.shape))};
  }
  std::optional<double> value = axis.value;
  if (!value && axis.size && axis.size->value()) value = static_cast<double>(axis.size->extent());
  if (!value) {
    return Mismatch{position, "`axis` decides the shape, so it must be known before the data are"};
  }
  if (*value < 1 || *value > static_cast<double>(rank) || *value != std::floor(*value)) {
    if (rank == 0) return Mismatch{position, "a scalar has no dimensions, so no `axis` either"};
    return Mismatch{position, fmt::format("`axis` should be {}, as the array has {} dimension{}, "
                                          "got {}",
                                          rank == 1 ? "1" : fmt::format("from 1 to {}", rank), rank,
                                          rank == 1 ? "" : "s", *value)};
  }
  return static_cast<std::size_t>(*value) - 1;
}

std::optional<std::size_t> axis_of(const runtime::CallArgument& argument) {
  if (!argument.given()) return std::nullopt;
  return static_cast<std::size_t>(*argument.data) - 1;
}

TypeResult reduce(std::span<const ArgumentType> arguments, Element element) {
  lang::Shape shape = arguments[0].shape;
  const auto axis = axis_of(arguments, 1, shape.size());
  if (const auto* wrong = std::get_if<Mismatch>(&axis)) return *wrong;
  const std::optional<std::size_t> dimension = std::get<0>(axis);
  if (!dimension) return ResultType{element, {}};
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(*dimension));
  return ResultType{element, std::move(shape)};
}

TypeResult reduced_as_argument(std::span<const ArgumentType> arguments) {
  return reduce(arguments, widest(arguments.first(1)));
}

TypeResult along_axis(std::span<const ArgumentType> arguments) {
  if (arguments[0].shape.size() > 1 && !arguments[1].given) {
    return Mismatch{0, fmt::format("the array has {} dimensions, so say along which one: `axis = "
                                   "1` or another",
                                   arguments[0].shape.size())};
  }
  return keep_shape(arguments, widest(arguments.first(1)));
}

TypeResult along_last(std::span<const ArgumentType> arguments) {
  return keep_shape(arguments, Element::real);
}

TypeResult along_first(std::span<const ArgumentType> arguments) {
  return keep_shape(arguments, widest(arguments.first(1)));
}

}  // namespace vippl::stdlib
