#include "cli/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace vippl::cli {
namespace {

constexpr std::array<std::string_view, 8> blocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 8> inks = {".", ":", "-", "=", "+", "*", "#", "@"};

}  // namespace

std::string sparkline(std::span<const double> values, double from, const Terminal& terminal) {
  double least = from, greatest = from;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    least = std::isfinite(least) ? std::min(least, value) : value;
    greatest = std::isfinite(greatest) ? std::max(greatest, value) : value;
  }
  const auto& levels = terminal.has_utf8 ? blocks : inks;
  std::string text;
  for (const double value : values) {
    if (!std::isfinite(value)) {
      text += ' ';
      continue;
    }
    const double share = greatest > least ? (value - least) / (greatest - least) : 0;
    const auto level = static_cast<std::size_t>(share * static_cast<double>(levels.size()));
    text += levels[std::min(level, levels.size() - 1)];
  }
  return text;
}

}  // namespace vippl::cli
