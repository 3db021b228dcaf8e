#include "lang/nearest.h"

#include <algorithm>
#include <vector>

#include "lang/unicode.h"

namespace vippl::lang {
namespace {

constexpr std::size_t farthest = 2;

std::u32string code_points(std::string_view text) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode(text, i);
    result.push_back(point.value);
    i += point.size;
  }
  return result;
}

std::u32string lower_case(std::u32string text) {
  for (char32_t& character : text) {
    if (character >= 'A' && character <= 'Z') character += 'a' - 'A';
  }
  return text;
}

/// Optimal string alignment: no substring is edited twice.
std::size_t distance(std::u32string_view a, std::u32string_view b) {
  const std::size_t columns = b.size() + 1;
  std::vector<std::size_t> table((a.size() + 1) * columns);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return table[i * columns + j];
  };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = i;
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return at(a.size(), b.size());
}

template <class Text>
std::optional<std::string> find_nearest(std::string_view name, std::span<const Text> candidates) {
  const std::u32string letters = code_points(name);
  const std::u32string lower = lower_case(letters);
  std::size_t allowed = std::clamp<std::size_t>(letters.size() / 3, 1, farthest);
  std::optional<std::string> best;
  for (const std::string_view candidate : candidates) {
    if (candidate == name) continue;
    const std::u32string other = code_points(candidate);
    const std::size_t longer = std::max(other.size(), letters.size());
    if (longer - std::min(other.size(), letters.size()) > allowed) continue;
    const std::size_t without_case = distance(lower, lower_case(other));
    const std::size_t found = std::min(distance(letters, other), without_case + 1);
    if (found > allowed || without_case == longer)
      continue;  // nothing in common: `x` does not mean `y`
    best = std::string(candidate);
    allowed = found - 1;
    if (allowed == 0) break;
  }
  return best;
}

}  // namespace

std::optional<std::string> nearest(std::string_view name,
                                   std::span<const std::string_view> candidates) {
  return find_nearest(name, candidates);
}

std::optional<std::string> nearest(std::string_view name, std::span<const std::string> candidates) {
  return find_nearest(name, candidates);
}

}  // namespace vippl::lang
