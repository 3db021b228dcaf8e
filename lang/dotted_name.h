#pragma once
#include <optional>
#include <string>

#include "lang/ast.h"

namespace vippl::lang {

/// "by_state.tau", or a plain name; nothing if something else than names stands between the points.
std::optional<std::string> dotted_name(const ast::Expression& expression);

}  // namespace vippl::lang
