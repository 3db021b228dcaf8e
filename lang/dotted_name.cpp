#include "lang/dotted_name.h"

namespace vippl::lang {

std::optional<std::string> dotted_name(const ast::Expression& expression) {
  if (const auto* name = std::get_if<ast::Name>(&expression.node)) return name->name;
  const auto* member = std::get_if<ast::Member>(&expression.node);
  if (member == nullptr) return std::nullopt;
  const std::optional<std::string> base = dotted_name(*member->base);
  if (!base) return std::nullopt;
  return *base + "." + member->member.name;
}

}  // namespace vippl::lang
