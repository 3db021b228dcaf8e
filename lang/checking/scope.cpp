#include "lang/checking/scope.h"

#include <algorithm>
#include <limits>

#include "lang/diagnostic.h"

namespace vippl::lang::checking {

std::string_view text(Kind kind) {
  switch (kind) {
    case Kind::data:
      return "data";
    case Kind::size:
      return "a size";
    case Kind::let:
      return "a `let`";
    case Kind::var:
      return "a `var`";
    case Kind::latent:
      return "a latent value";
    case Kind::derived:
      return "a `derive`";
    case Kind::generated:
      return "a `generate`";
    case Kind::loop_variable:
      return "a loop variable";
    case Kind::parameter:
      return "a parameter";
  }
  VIPPL_ASSERT(false, "every kind is named");
}

Scopes::Scopes() : scopes_(1), frame_{0, std::numeric_limits<std::size_t>::max(), 0} {}

bool Scopes::sees(const Definition& definition) const {
  if (frame_.base == 0) return true;
  return definition.order < frame_.limit && definition.kind != Kind::var;
}

Definition* Scopes::find(const std::string& name) {
  const std::size_t innermost_first = scopes_.size();
  for (std::size_t i = innermost_first; i > std::max<std::size_t>(frame_.base, 1); --i) {
    auto& scope = scopes_[i - 1];
    if (const auto found = scope.find(name); found != scope.end()) return &found->second;
  }
  const auto found = scopes_.front().find(name);
  return found != scopes_.front().end() && sees(found->second) ? &found->second : nullptr;
}

const Definition* Scopes::find_hidden(const std::string& name) const {
  const auto found = scopes_.front().find(name);
  return found != scopes_.front().end() && !sees(found->second) ? &found->second : nullptr;
}

Definition& Scopes::define(const std::string& name, Definition definition) {
  if (at_script()) return define_in_script(name, std::move(definition));
  definition.order = next_order_++;
  return scopes_.back()[name] = std::move(definition);
}

Definition& Scopes::define_in_script(const std::string& name, Definition definition) {
  definition.order = next_order_++;
  script_order_.emplace_back(definition.order, name);
  return own()[name] = std::move(definition);
}

std::unordered_map<std::string, Definition> Scopes::take_since(std::size_t order) {
  std::unordered_map<std::string, Definition> taken;
  while (script_order_.size() > frame_.names && script_order_.back().first >= order) {
    const auto found = own().find(script_order_.back().second);
    if (found != own().end()) {
      taken.insert(std::move(*found));
      own().erase(found);
    }
    script_order_.pop_back();
  }
  return taken;
}

Scopes::Frame Scopes::enter_function(std::size_t order) {
  const Frame outer = frame_;
  frame_ = {scopes_.size(), order, script_order_.size()};
  push();
  return outer;
}

void Scopes::leave_function(Frame outer) {
  pop();
  script_order_.resize(std::min(script_order_.size(), frame_.names));
  frame_ = outer;
}

std::vector<std::string> Scopes::visible_names() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < scopes_.size(); ++i) {
    if (i > 0 && i < frame_.base) continue;
    for (const auto& [name, definition] : scopes_[i]) {
      if (i > 0 || sees(definition)) names.push_back(name);
    }
  }
  return names;
}

}  // namespace vippl::lang::checking
