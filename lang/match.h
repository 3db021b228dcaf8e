#pragma once
#include <utility>
#include <variant>

namespace vippl::lang {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

/// Reads a variant; every alternative must have its case, or it does not compile.
template <class Variant, class... Cases>
decltype(auto) match(Variant&& variant, Cases&&... cases) {
  return std::visit(Overloaded<std::decay_t<Cases>...>{std::forward<Cases>(cases)...},
                    std::forward<Variant>(variant));
}

}  // namespace vippl::lang
