#include "cli/model_card.h"

#include <fmt/format.h>

namespace vippl::cli {
namespace {

std::string listed(const runtime::Model& model, runtime::Quantity::Kind kind) {
  std::vector<std::string> names;
  for (const runtime::Quantity& quantity : model.quantities()) {
    if (quantity.kind != kind) continue;
    names.push_back(
        quantity.scalar_names.empty()
            ? with_dimensions(quantity.name, quantity.shape, quantity.dimensions)
            : fmt::format("{} ({} missing)", quantity.name, quantity.scalar_names.size()));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string with_dimensions(const std::string& name, const std::vector<Eigen::Index>& shape,
                            const std::vector<std::string>& dimensions) {
  if (shape.empty()) return name;
  std::vector<std::string> parts;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const bool has_name = d < dimensions.size() && !dimensions[d].empty();
    parts.push_back(has_name ? dimensions[d] : fmt::format("{}", shape[d]));
  }
  return fmt::format("{}[{}]", name, fmt::join(parts, ", "));
}

std::string model_card(const runtime::Model& model) {
  std::string text;
  std::vector<std::string> sizes;
  for (const runtime::BoundSize& size : model.sizes()) {
    sizes.push_back(fmt::format("{} = {}", size.name, size.extent));
  }
  const auto line = [&](const char* label, const std::string& content) {
    if (!content.empty()) text += fmt::format("  {:<10}{}\n", label, content);
  };
  line("sizes", fmt::format("{}", fmt::join(sizes, ", ")));
  line("latents", listed(model, runtime::Quantity::Kind::latent));
  line("derived", listed(model, runtime::Quantity::Kind::derived));
  line("generated", listed(model, runtime::Quantity::Kind::generated));
  line("dimension", fmt::format("{} unconstrained coordinates", model.dimension()));
  return text;
}

}  // namespace vippl::cli
