#pragma once
#include <functional>
#include <span>
#include <string>

#include "runtime/operation.h"

// What messages about data say of the elements that are wrong.

namespace vippl::runtime {

/// A number as messages show it: a NaN has no sign.
std::string shown(double number);

/// A cell of a data file as messages show it: long ones are cut.
std::string shortened(std::string text);

/// The first three places, and whether there are more: "d.csv, line 3; d.csv, line 7; ...".
std::string first_places(std::span<const Index> elements,
                         const std::function<std::string(Index)>& place);

/// For a hint below a message about the first of `elements`: "and 2 more: d.csv, line 7; ...";
/// empty if there is but one.
std::string other_places(std::span<const Index> elements,
                         const std::function<std::string(Index)>& place);

}  // namespace vippl::runtime
