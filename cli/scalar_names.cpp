#include "cli/scalar_names.h"

#include <fmt/format.h>

#include <vector>

namespace vippl::cli {
namespace {

std::vector<Eigen::Index> subscripts(const runtime::Quantity& quantity, Eigen::Index element) {
  std::vector<Eigen::Index> index(quantity.shape.size());
  for (std::size_t d = index.size(); d-- > 0;) {
    index[d] = element % quantity.shape[d];
    element /= quantity.shape[d];
  }
  return index;
}

/// Control characters in a label would break the table's lines.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20U || c == 0x7F) c = ' ';
  }
  return text;
}

}  // namespace

Eigen::Index scalar_count(const runtime::Quantity& quantity) {
  Eigen::Index count = 1;
  for (const Eigen::Index extent : quantity.shape) count *= extent;
  return count;
}

std::string scalar_name(const runtime::Quantity& quantity, Eigen::Index element) {
  if (!quantity.scalar_names.empty())
    return quantity.scalar_names[static_cast<std::size_t>(element)];
  if (quantity.shape.empty()) return quantity.name;
  std::vector<Eigen::Index> index = subscripts(quantity, element);
  for (Eigen::Index& i : index) ++i;
  return fmt::format("{}[{}]", quantity.name, fmt::join(index, ","));
}

std::string scalar_label(const runtime::Quantity& quantity, Eigen::Index element) {
  if (!quantity.scalar_names.empty()) return scalar_name(quantity, element);
  if (quantity.shape.empty()) return quantity.name;
  const std::vector<Eigen::Index> index = subscripts(quantity, element);
  std::vector<std::string> parts;
  for (std::size_t d = 0; d < index.size(); ++d) {
    const auto i = static_cast<std::size_t>(index[d]);
    const bool has_label = d < quantity.labels.size() && i < quantity.labels[d].size();
    parts.push_back(has_label ? printable(quantity.labels[d][i]) : fmt::format("{}", i + 1));
  }
  return fmt::format("{}[{}]", quantity.name, fmt::join(parts, ","));
}

}  // namespace vippl::cli
