#include "inference/scalar_names.h"

#include <fmt/format.h>

namespace vippl::inference {

Eigen::Index scalar_count(const runtime::Quantity& quantity) {
  Eigen::Index count = 1;
  for (const Eigen::Index extent : quantity.shape) count *= extent;
  return count;
}

Eigen::Index scalar_count(const runtime::LogDensity& model) {
  Eigen::Index count = 0;
  for (const runtime::Quantity& quantity : model.quantities())
    count += static_cast<Eigen::Index>(quantity.maps.size());
  return count;
}

std::vector<Eigen::Index> subscripts(const runtime::Quantity& quantity, Eigen::Index element) {
  std::vector<Eigen::Index> index(quantity.shape.size());
  for (std::size_t d = index.size(); d-- > 0;) {
    index[d] = element % quantity.shape[d];
    element /= quantity.shape[d];
  }
  return index;
}

std::string scalar_name(const runtime::Quantity& quantity, Eigen::Index element) {
  if (!quantity.scalar_names.empty())
    return quantity.scalar_names[static_cast<std::size_t>(element)];
  if (quantity.shape.empty()) return quantity.name;
  std::vector<Eigen::Index> index = subscripts(quantity, element);
  for (Eigen::Index& i : index) ++i;
  return fmt::format("{}[{}]", quantity.name, fmt::join(index, ","));
}

}  // namespace vippl::inference
