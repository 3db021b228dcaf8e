#include "lang/checking/mixture_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <vector>

#include "lang/match.h"

namespace vippl::lang::checking {

namespace {

class MixtureOrder {
 public:
  void read(const ast::Block& block) {
    for (const ast::Statement& statement : block) {
      match(
          statement.node, [&](const ast::Sample& node) { read_sample(node); },
          [&](const ast::Observe& node) { judge(node.distribution); },
          [&](const ast::Factor& node) { judge_density(node.value); },
          [&](const ast::If& node) {
            read(node.accepted);
            read(node.rejected);
          },
          [&](const ast::For& node) { read(node.body); },
          [&](const ast::While& node) { read(node.body); }, [](const auto&) {});
    }
  }

  Diagnostics take() { return std::move(found_); }

 private:
  struct Latent {
    bool is_array = false;
    bool is_ordered = false;
    bool is_exchangeable = false;  // all elements have the same prior, for certain
  };

  bool is_same_for_all(const ast::Expression& argument) const {
    if (std::holds_alternative<ast::Number>(argument.node)) return true;
    if (const auto* minus = std::get_if<ast::Unary>(&argument.node)) {
      return is_same_for_all(*minus->operand);
    }
    const auto* name = std::get_if<ast::Name>(&argument.node);
    if (name == nullptr) return false;
    const auto latent = latents_.find(name->name);
    return latent != latents_.end() && !latent->second.is_array;
  }

  void read_sample(const ast::Sample& node) {
    Latent& latent = latents_[node.target.name];
    if (node.type) {
      latent.is_array = !node.type->shape.empty();
      latent.is_ordered = node.type->element.name.ends_with("ordered");
    }
    latent.is_array = latent.is_array || !node.target.places.empty();
    const auto* prior =
        node.distribution ? std::get_if<ast::Call>(&node.distribution->node) : nullptr;
    if (prior == nullptr) return;
    const bool by_variable =
        std::all_of(node.target.places.begin(), node.target.places.end(), [](const auto& place) {
          return place.index && std::holds_alternative<ast::Name>((*place.index)->node);
        });
    latent.is_exchangeable =
        by_variable && std::all_of(prior->arguments.begin(), prior->arguments.end(),
                                   [&](const auto& each) { return is_same_for_all(*each.value); });
  }

  const Latent* exchangeable(const std::string& name) const {
    const auto latent = latents_.find(name);
    if (latent == latents_.end() || !latent->second.is_array) return nullptr;
    return latent->second.is_exchangeable || latent->second.is_ordered ? &latent->second : nullptr;
  }

  void judge_density(const ast::Expression& value) {
    const auto* call = std::get_if<ast::Call>(&value.node);
    if (call == nullptr || call->arguments.empty()) return;
    if (call->callee.name == "sum") return judge_density(*call->arguments[0].value);
    if (call->callee.name == "log_density") judge(*call->arguments[0].value);
  }

  void judge(const ast::Expression& distribution) {
    const auto* mixture = std::get_if<ast::Call>(&distribution.node);
    if (mixture == nullptr || mixture->callee.name != "mixture") return;
    if (mixture->arguments.size() < 2 || fixes_weights(*mixture->arguments[0].value)) return;
    std::vector<const ast::Call*> components;
    for (std::size_t i = 1; i < mixture->arguments.size(); ++i) {
      components.push_back(std::get_if<ast::Call>(&mixture->arguments[i].value->node));
      if (components.back() == nullptr) return;
    }
    const std::set<std::string> names =
        components.size() == 1 ? names_along(*components[0]) : names_across(components);
    if (names.empty()) return;
    for (const std::string& name : names) {
      const Latent* latent = exchangeable(name);
      if (latent == nullptr || latent->is_ordered) return;
    }
    found_.push_back(
        warning("unordered-mixture", distribution.span,
                fmt::format("the components can be exchanged, as the elements of `{}` have one "
                            "prior and no order: the labels may switch",
                            *names.begin()),
                fmt::format("give them an order: sample {} : ordered[K] ~ ...", *names.begin())));
  }

  // Weights that are written as numbers tell the components apart, unless they are equal.
  static bool fixes_weights(const ast::Expression& weights) {
    const auto* array = std::get_if<ast::ArrayLiteral>(&weights.node);
    if (array == nullptr || array->elements.empty()) return false;
    const auto* first = std::get_if<ast::Number>(&array->elements[0].node);
    return first != nullptr &&
           std::any_of(array->elements.begin(), array->elements.end(), [&](const auto& element) {
             const auto* number = std::get_if<ast::Number>(&element.node);
             return number != nullptr && number->value != first->value;
           });
  }

  // The components run along arrays: any argument that is a latent array.
  std::set<std::string> names_along(const ast::Call& component) const {
    std::set<std::string> names;
    for (const ast::Argument& argument : component.arguments) {
      const auto* name = std::get_if<ast::Name>(&argument.value->node);
      if (name == nullptr) {
        // A number is the same for all; of anything else it is not known.
        if (!is_same_for_all(*argument.value)) return {};
        continue;
      }
      const auto latent = latents_.find(name->name);
      if (latent == latents_.end()) return {};
      if (latent->second.is_array) names.insert(name->name);
    }
    return names;
  }

  // The components are written out: arguments that are elements of one latent each.
  std::set<std::string> names_across(const std::vector<const ast::Call*>& components) const {
    std::set<std::string> names;
    for (const ast::Call* component : components) {
      if (component->callee.name != components[0]->callee.name ||
          component->arguments.size() != components[0]->arguments.size()) {
        return {};
      }
      for (const ast::Argument& argument : component->arguments) {
        const auto* element = std::get_if<ast::Subscript>(&argument.value->node);
        if (element == nullptr) {
          if (!is_same_for_all(*argument.value)) return {};
          if (!is_same_number(*argument.value, components)) return {};
          continue;
        }
        const auto* base = std::get_if<ast::Name>(&element->base->node);
        if (base == nullptr) return {};
        names.insert(base->name);
      }
    }
    return names;
  }

  // A number that stands at one place only tells its component apart.
  static bool is_same_number(const ast::Expression& argument,
                             const std::vector<const ast::Call*>& components) {
    const auto* number = std::get_if<ast::Number>(&argument.node);
    if (number == nullptr) return true;
    return std::all_of(components.begin(), components.end(), [&](const ast::Call* component) {
      return std::any_of(component->arguments.begin(), component->arguments.end(),
                         [&](const ast::Argument& other) {
                           const auto* value = std::get_if<ast::Number>(&other.value->node);
                           return value != nullptr && value->value == number->value;
                         });
    });
  }

  std::unordered_map<std::string, Latent> latents_;
  Diagnostics found_;
};

}  // namespace

Diagnostics find_unordered_mixtures(const ast::Script& script) {
  MixtureOrder order;
  order.read(script.statements);
  return order.take();
}

}  // namespace vippl::lang::checking
