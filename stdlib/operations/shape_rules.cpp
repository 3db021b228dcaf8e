#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "stdlib/operations/shapes.h"

namespace vippl::stdlib {

namespace {

using lang::ArgumentType;
using lang::Element;
using lang::Mismatch;
using lang::ResultType;
using lang::Shape;
using lang::Size;

// The sizes that arguments stand for, which must be whole numbers from 0.
std::variant<Shape, Mismatch> sizes_of(Types arguments, std::size_t first) {
  Shape shape;
  for (std::size_t i = first; i < arguments.size(); ++i) {
    const ArgumentType& argument = arguments[i];
    if (!argument.given) continue;
    if (!argument.shape.empty()) {
      return Mismatch{
          i, fmt::format("a size is a whole number, got shape {}", lang::text(argument.shape))};
    }
    if (argument.value && (*argument.value < 0 || std::floor(*argument.value) != *argument.value)) {
      return Mismatch{i, fmt::format("a size is a whole number from 0, got {}", *argument.value)};
    }
    shape.push_back(size_of(argument));
  }
  return shape;
}

Mismatch need_dimensions(std::size_t argument, std::size_t count, const Shape& found) {
  return {argument, fmt::format("an array of at least {} dimension{} is expected, got shape {}",
                                count, count == 1 ? "" : "s", lang::text(found))};
}

TypeResult with_leading(const Shape& leading, const Shape& rest, Element element) {
  Shape shape = leading;
  shape.insert(shape.end(), rest.begin(), rest.end());
  return ResultType{element, std::move(shape)};
}

TypeResult extent(Types arguments, std::size_t dimension) {
  const Shape& shape = arguments[0].shape;
  if (shape.size() <= dimension) return need_dimensions(0, dimension + 1, shape);
  return ResultType{Element::integer, {}, shape[dimension]};
}

}  // namespace

TypeResult zeros_shape(Types arguments) {
  auto sizes = sizes_of(arguments, 0);
  if (auto* wrong = std::get_if<Mismatch>(&sizes)) return std::move(*wrong);
  return ResultType{Element::real, std::get<Shape>(std::move(sizes))};
}

TypeResult repeat_shape(Types arguments) {
  const auto sizes = sizes_of(arguments, 1);
  if (const auto* wrong = std::get_if<Mismatch>(&sizes)) return *wrong;
  return with_leading(std::get<Shape>(sizes), arguments[0].shape, widest(arguments.first(1)));
}

TypeResult identity_shape(Types arguments) {
  const auto sizes = sizes_of(arguments, 0);
  if (const auto* wrong = std::get_if<Mismatch>(&sizes)) return *wrong;
  const Size& size = std::get<Shape>(sizes).front();
  return ResultType{Element::real, {size, size}};
}

TypeResult column_shape(Types arguments) {
  return with_leading(arguments[0].shape, {Size::number(1)}, widest(arguments.first(1)));
}

TypeResult reshape_shape(Types arguments) {
  auto sizes = sizes_of(arguments, 1);
  if (auto* wrong = std::get_if<Mismatch>(&sizes)) return std::move(*wrong);
  Shape shape = std::get<Shape>(std::move(sizes));
  const Size from = total_size(arguments[0].shape);
  const Size to = total_size(shape);
  // By value, not by name: to reshape is to give the elements other names.
  if (from.value() && to.value() && *from.value() != *to.value()) {
    return Mismatch{0,
                    fmt::format("shape {} has {} elements, which do not fill shape {}",
                                lang::text(arguments[0].shape), *from.value(), lang::text(shape))};
  }
  return ResultType{widest(arguments.first(1)), std::move(shape)};
}

TypeResult flatten_shape(Types arguments) {
  return ResultType{widest(arguments.first(1)), {total_size(arguments[0].shape)}};
}

TypeResult concat_shape(Types arguments) {
  const Types parts = arguments.first(arguments.size() - 1);
  Shape shape = parts[0].shape;
  if (shape.empty()) {
    return Mismatch{0,
                    "arrays are joined, got a scalar; in brackets it is an array of one element"};
  }
  const auto axis = axis_of(arguments, arguments.size() - 1, shape.size());
  if (const auto* wrong = std::get_if<Mismatch>(&axis)) return *wrong;
  const std::size_t joined = std::get<0>(axis).value_or(0);
  for (std::size_t k = 1; k < parts.size(); ++k) {
    const Shape& part = parts[k].shape;
    bool fits = part.size() == shape.size();
    for (std::size_t d = 0; fits && d < part.size(); ++d) {
      fits = d == joined || compare(part[d], shape[d]) != Size::Comparison::different;
    }
    if (!fits) {
      return Mismatch{k,
                      fmt::format("shapes {} and {} cannot be joined along dimension {}: all other "
                                  "dimensions must be the same",
                                  lang::text(parts[0].shape), lang::text(part), joined + 1)};
    }
    shape[joined] = shape[joined] + part[joined];
  }
  return ResultType{widest(parts), std::move(shape)};
}

TypeResult diff_shape(Types arguments) {
  Shape shape = arguments[0].shape;
  if (shape.empty()) return need_dimensions(0, 1, shape);
  if (shape[0].value() && *shape[0].value() == 0) {
    return Mismatch{0, "an empty array has no differences"};
  }
  shape[0] = shape[0] - Size::number(1);
  return ResultType{widest(arguments.first(1)), std::move(shape)};
}

TypeResult lag_shape(Types arguments) {
  const Shape& shape = arguments[0].shape;
  if (shape.empty()) return need_dimensions(0, 1, shape);
  const auto by = sizes_of(arguments.first(2), 1);
  if (const auto* wrong = std::get_if<Mismatch>(&by)) return *wrong;
  if (!arguments[2].shape.empty()) {
    return Mismatch{2, fmt::format("`start` of `lag` should be a scalar, got shape {}",
                                   lang::text(arguments[2].shape))};
  }
  const ArgumentType parts[] = {arguments[0], arguments[2]};
  return ResultType{widest(parts), shape};
}

TypeResult rows_size(Types arguments) { return extent(arguments, 0); }

TypeResult columns_size(Types arguments) { return extent(arguments, 1); }

TypeResult array_size(Types arguments) {
  const Shape& shape = arguments[0].shape;
  const auto axis = axis_of(arguments, 1, shape.size());
  if (const auto* wrong = std::get_if<Mismatch>(&axis)) return *wrong;
  const std::optional<std::size_t> dimension = std::get<0>(axis);
  return ResultType{Element::integer, {}, dimension ? shape[*dimension] : total_size(shape)};
}

}  // namespace vippl::stdlib
