#pragma once
#include <optional>

#include "runtime/registry.h"

// What the shape rules of functions share. Rules see shapes as formulas; `make` sees them with
// their values.

namespace vippl::stdlib {

using TypeResult = std::variant<lang::ResultType, lang::Mismatch>;

/// int, if no argument but settings is real.
lang::Element widest(std::span<const lang::ArgumentType> arguments);

/// The extent that a fixed int argument stands for.
lang::Size size_of(const lang::ArgumentType& argument);

/// The product of all extents.
lang::Size total_size(const lang::Shape& shape);

/// Which dimension an axis argument means, from 0; nothing if it was left out. The mismatch says
/// what it should be.
std::variant<std::optional<std::size_t>, lang::Mismatch> axis_of(
    std::span<const lang::ArgumentType> arguments, std::size_t position, std::size_t rank);

/// The same of a call that has passed its rule.
std::optional<std::size_t> axis_of(const runtime::CallArgument& argument);

/// Rules of functions of an array and an optional axis: a reduction to a scalar or, along the
/// axis, to one dimension less.
template <lang::Element element>
TypeResult reduced(std::span<const lang::ArgumentType> arguments);
TypeResult reduced_as_argument(std::span<const lang::ArgumentType> arguments);
/// A result of the shape of the array; the axis may be left out of a vector.
TypeResult along_axis(std::span<const lang::ArgumentType> arguments);
/// The same of reals, and without an axis the last dimension is meant.
TypeResult along_last(std::span<const lang::ArgumentType> arguments);
/// The same, and without an axis the first dimension is meant.
TypeResult along_first(std::span<const lang::ArgumentType> arguments);

TypeResult reduce(std::span<const lang::ArgumentType> arguments, lang::Element element);

template <lang::Element element>
TypeResult reduced(std::span<const lang::ArgumentType> arguments) {
  return reduce(arguments, element);
}

}  // namespace vippl::stdlib
