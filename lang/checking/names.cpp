#include <fmt/format.h>

#include <algorithm>

#include "lang/checking/checker.h"
#include "lang/checking/vocabulary.h"
#include "lang/match.h"

namespace vippl::lang::checking {

void Checker::collect_definitions(const ast::Block& block) {
  const auto add = [this](const std::string& name, Span span) { later_.emplace(name, span); };
  for (const ast::Statement& statement : block) {
    if (const auto* data = std::get_if<ast::Data>(&statement.node)) {
      add(data->name.name, data->name.span);
    } else if (const auto* let = std::get_if<ast::Let>(&statement.node)) {
      add(let->name.name, let->name.span);
    } else if (const auto* var = std::get_if<ast::Var>(&statement.node)) {
      add(var->name.name, var->name.span);
    } else if (const auto* sample = std::get_if<ast::Sample>(&statement.node)) {
      add(sample->target.name, sample->target.name_span);
    } else if (const auto* derive = std::get_if<ast::Derive>(&statement.node)) {
      add(derive->name.name, derive->name.span);
    } else if (const auto* generate = std::get_if<ast::Generate>(&statement.node)) {
      add(generate->target.name, generate->target.name_span);
    } else if (const auto* function = std::get_if<ast::Function>(&statement.node)) {
      add(function->name.name + "()", function->name.span);
    } else if (const auto* model = std::get_if<ast::Model>(&statement.node)) {
      add("~ " + model->name.name, model->name.span);
    }
  }
}

const Definition* Checker::look_up(const std::string& name, Span span) {
  if (const Definition* found = scopes_.find(name)) return found;
  report_unknown(name, span);
  return nullptr;
}

void Checker::report_unknown(const std::string& name, Span span) {
  if (const Definition* hidden = scopes_.find_hidden(name); hidden != nullptr) {
    if (hidden->kind == Kind::var) {
      complain("var-in-function", span,
               fmt::format("`{}` is a `var` of the script, which a {} may not read", name,
                           place_.in_model ? "model" : "function"),
               "pass it as an argument",
               {{hidden->span, fmt::format("`{}` is defined here", name)}});
      return;
    }
    complain("used-before-definition", span,
             fmt::format("`{0}` is defined below this {1}; a {1} sees the names above it", name,
                         place_.in_model ? "model" : "function"),
             place_.in_model ? "move the model below the definition"
                             : "move the function below the definition",
             {{hidden->span, fmt::format("`{}` is defined here", name)}});
    return;
  }
  if (const auto below = later_.find(name);
      below != later_.end() && below->second.source == span.source) {
    if (below->second.begin > span.begin) {
      complain("used-before-definition", span,
               fmt::format("`{}` is used before it is defined", name),
               "a name must be defined above its first use",
               {{below->second, fmt::format("`{}` is defined here", name)}});
    } else {
      complain("unknown-name", span, fmt::format("`{}` is not defined here", name),
               "its own statement may not use it",
               {{below->second, fmt::format("`{}` is defined by this statement", name)}});
    }
    return;
  }
  if (find_function(name)) {
    complain("function-as-value", span, fmt::format("`{}` is a function, not a value", name),
             fmt::format("call it: {}(...)", name));
    return;
  }
  if (table_.find_distribution(name) != nullptr) {
    complain("distribution-as-value", span,
             fmt::format("`{}` is a distribution, not a value", name),
             fmt::format("draw from it: sample x ~ {}(...)", name));
    return;
  }
  std::string hint;
  if (report_.wants_hints()) {
    const std::vector<std::string> names = scopes_.visible_names();
    hint = similar(name, names);
    const auto part = std::find_if(names.begin(), names.end(), [&](const std::string& each) {
      return each.ends_with("." + name);
    });
    if (part != names.end()) hint = fmt::format("did you mean `{}`?", *part);
  }
  complain("unknown-name", span, fmt::format("`{}` is not defined", name), std::move(hint));
}

bool Checker::may_define(const std::string& name, Span span) {
  const Definition* there = scopes_.find(name);
  if (there == nullptr || there->span == span) return true;
  if ((place_.in_function || place_.in_model) && scopes_.script().contains(name) &&
      there == &scopes_.script().find(name)->second) {
    return true;  // names inside functions and models may hide those of the script
  }
  if (there->kind == Kind::size) {
    complain("redefinition", span, fmt::format("`{}` is already the name of a size", name),
             there->origin.empty() ? "choose another name"
                                   : fmt::format("define `{}` above `{}`, or choose another name",
                                                 name, there->origin),
             origins({Size::named(name)}));
    return false;
  }
  complain("redefinition", span, fmt::format("`{}` is defined already", name),
           "a name is defined once and may not hide another; choose another name",
           {{there->span, fmt::format("`{}` is defined here", name)}});
  return false;
}

void Checker::define(const std::string& name, Kind kind, Type type, Span span) {
  Definition definition;
  definition.kind = kind;
  definition.span = span;
  if (!may_define(name, span)) {
    // What follows could mean either; nothing is said about it.
    if (Definition* there = scopes_.find(name)) there->type.known = false;
    return;
  }
  definition.type = std::move(type);
  const bool of_script = kind == Kind::latent || kind == Kind::derived || kind == Kind::generated;
  if (of_script) {
    scopes_.define_in_script(name, std::move(definition));
  } else {
    scopes_.define(name, std::move(definition));
  }
}

std::optional<FunctionValue> Checker::find_function(const std::string& name) {
  if (const auto found = functions_.find(name); found != functions_.end()) {
    FunctionValue value;
    value.script = found->second.function;
    value.order = found->second.order;
    return value;
  }
  if (const Signature* builtin = table_.find_function(name)) {
    FunctionValue value;
    value.builtin = builtin;
    return value;
  }
  return std::nullopt;
}

}  // namespace vippl::lang::checking
