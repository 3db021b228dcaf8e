#include "cli/scalar_names.h"

#include <fmt/format.h>

#include <vector>

namespace vippl::cli {
namespace {

/// Control characters in a label would break the table's lines.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20U || c == 0x7F) c = ' ';
  }
  return text;
}

}  // namespace

std::string scalar_label(const runtime::Quantity& quantity, Eigen::Index element) {
  if (!quantity.scalar_names.empty()) return scalar_name(quantity, element);
  if (quantity.shape.empty()) return quantity.name;
  const std::vector<Eigen::Index> index = inference::subscripts(quantity, element);
  std::vector<std::string> parts;
  for (std::size_t d = 0; d < index.size(); ++d) {
    const auto i = static_cast<std::size_t>(index[d]);
    const bool has_label = d < quantity.labels.size() && i < quantity.labels[d].size();
    parts.push_back(has_label ? printable(quantity.labels[d][i]) : fmt::format("{}", i + 1));
  }
  return fmt::format("{}[{}]", quantity.name, fmt::join(parts, ","));
}

}  // namespace vippl::cli
