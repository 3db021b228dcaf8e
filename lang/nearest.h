#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vippl::lang {

/// The candidate that `name` is most likely a misspelling of, for "did you mean". At most two
/// letters inserted, left out, replaced or swapped with their neighbour (Damerau-Levenshtein
/// distance), and at most a third of the name but at least one; a difference in case alone counts
/// as one. The first of several equally near ones. Never `name` itself.
std::optional<std::string> nearest(std::string_view name,
                                   std::span<const std::string_view> candidates);
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> candidates);

}  // namespace vippl::lang
