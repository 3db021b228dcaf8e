#include "runtime/bad_places.h"

#include <fmt/format.h>

#include <cmath>

namespace vippl::runtime {

namespace {

constexpr std::size_t shown_places = 3;

}  // namespace

std::string shown(double number) { return std::isnan(number) ? "NaN" : fmt::format("{}", number); }

std::string shortened(std::string text) {
  if (text.size() > 40) text = text.substr(0, 37) + "...";
  return text;
}

std::string first_places(std::span<const Index> elements,
                         const std::function<std::string(Index)>& place) {
  std::string result;
  for (std::size_t i = 0; i < elements.size() && i < shown_places; ++i) {
    result += (i == 0 ? "" : "; ") + place(elements[i]);
  }
  return elements.size() > shown_places ? result + "; ..." : result;
}

std::string other_places(std::span<const Index> elements,
                         const std::function<std::string(Index)>& place) {
  if (elements.size() < 2) return "";
  return fmt::format("and {} more: {}", elements.size() - 1,
                     first_places(elements.subspan(1), place));
}

}  // namespace vippl::runtime
