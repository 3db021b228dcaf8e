#include <fmt/format.h>

#include <utility>

#include "lang/checking/checker.h"
#include "lang/checking/usage.h"
#include "lang/checking/vocabulary.h"
#include "lang/dotted_name.h"

namespace vippl::lang::checking {

void Checker::define_model(const ast::Model& model) {
  const std::string& name = model.name.name;
  if (const auto there = models_.find(name); there != models_.end()) {
    if (there->second.model == &model) return;  // misplaced in a loop, which is read twice
    complain("redefinition", model.name.span,
             fmt::format("the model `{}` is defined already", name), "choose another name",
             {{there->second.model->name.span, fmt::format("`{}` is defined here", name)}});
    return;
  }
  if (table_.find_distribution(name) != nullptr || is_language_distribution(name)) {
    complain("redefinition", model.name.span,
             fmt::format("`{}` is the name of a distribution", name), "choose another name");
    return;
  }
  check_parameters(model.parameters);
  if (!returns(model.body)) {
    complain("missing-return", model.name.span,
             fmt::format("`{}` does not reach `return` on every path", name),
             "end the body with `return`");
  }
  models_[name] = {&model, scopes_.next_order()};
  // Read once with nothing known of the arguments: what is wrong with the body whatever they are.
  read_model(model, scopes_.next_order(),
             std::vector<std::optional<Type>>(model.parameters.size(), unknown_type()),
             std::nullopt, nullptr);
}

const ast::Call* Checker::model_call(const std::optional<ast::Expression>& distribution) const {
  const auto* call = distribution ? std::get_if<ast::Call>(&distribution->node) : nullptr;
  return call != nullptr && models_.contains(call->callee.name) ? call : nullptr;
}

void Checker::refuse_model(const std::string& name, Span span) {
  complain(
      "misplaced-model", span,
      fmt::format("`{}` is a model, which stands after the `~` of a `sample` without subscript "
                  "and type, outside of loops",
                  name),
      fmt::format("write: sample x ~ {}(...); an array of latents is made inside of the model",
                  name));
}

void Checker::sample_model(const ast::Target& target, const ast::Call& call, Span span) {
  const auto [model, order] = models_.at(call.callee.name);
  Type tainted;
  const auto arguments = read_arguments(model->name, model->parameters, call, span, tainted);
  Type result = unknown_type(false);
  if (is_open(model->body)) {
    complain("recursive-model", call.callee.span,
             fmt::format("the model `{}` uses itself", call.callee.name),
             "a model is expanded where it is sampled, which would not end");
  } else if (tainted.generated) {
    refuse_generated(tainted, span);
  } else if (arguments) {
    result = read_model(*model, order, *arguments, span, &target);
  }
  define(target.name, Kind::derived, std::move(result), target.name_span);
  if (Definition* definition = defined_here(target)) definition->is_model = true;
}

// The type of what the model returns. With a target, the latents become those of the target.
Type Checker::read_model(const ast::Model& model, std::size_t order,
                         const std::vector<std::optional<Type>>& arguments,
                         std::optional<Span> call_span, const ast::Target* target) {
  if (activations_.empty()) steps_in_call_ = 0;
  const Place outer_place = std::exchange(place_, Place{});
  place_.in_model = true;
  auto outer_wide = std::exchange(wide_, {});
  const Scopes::Frame outer = scopes_.enter_function(order);
  activations_.push_back({&model.body, std::nullopt});
  std::optional<Note> note;
  if (call_span) note = Note{*call_span, fmt::format("in this use of `{}`", model.name.name)};
  {
    const Report::InCall in_call(report_, std::move(note));
    define_parameters(model.parameters, arguments);
    check_block(model.body);
    check_filled();
  }
  Type result = activations_.back().returned.value_or(unknown_type(false));
  std::vector<std::pair<std::string, Definition>> parts;
  for (const auto& [name, definition] : scopes_.frame()) {
    if (definition.kind != Kind::latent && definition.kind != Kind::derived) continue;
    parts.emplace_back(name, definition);
  }
  activations_.pop_back();
  scopes_.leave_function(outer);
  wide_ = std::move(outer_wide);
  place_ = outer_place;
  for (auto& [name, definition] : parts) {
    if (target == nullptr) break;
    scopes_.define_in_script(fmt::format("{}.{}", target->name, name), std::move(definition));
  }
  return result;
}

Type Checker::evaluate_member(const ast::Member& member, Span span) {
  const std::optional<std::string> owner = dotted_name(*member.base);
  if (!owner) {
    evaluate(*member.base);
    complain("not-a-model", span, "`.` reads a latent of a sampled model by its name",
             "as in: sample by_state ~ varying(S), then by_state.tau");
    return unknown_type();
  }
  if (const Definition* part = scopes_.find(*owner + "." + member.member.name)) return part->type;
  const Definition* sampled = scopes_.find(*owner);
  if (sampled == nullptr) {
    evaluate(*member.base);  // says that it is unknown
    return unknown_type();
  }
  if (!sampled->is_model) {
    complain("not-a-model", span,
             fmt::format("`{}` is {} and has no latents of its own", *owner, text(sampled->kind)),
             "`.` reads a latent of a sampled model, as by_state.tau");
    return unknown_type();
  }
  std::vector<std::string> parts;
  for (const std::string& name : scopes_.visible_names()) {
    if (name.starts_with(*owner + ".")) parts.push_back(name);
  }
  if (parts.empty() && !sampled->type.known) return unknown_type();  // a wrong call
  complain("unknown-name", member.member.span,
           fmt::format("`{}` has no latent `{}`", *owner, member.member.name),
           similar(*owner + "." + member.member.name, parts));
  return unknown_type();
}

}  // namespace vippl::lang::checking
