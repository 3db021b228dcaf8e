#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lang/checking/checker.h"
#include "lang/checking/usage.h"

namespace vippl::lang::checking {

namespace {

// Calls within calls; past this the result is taken to be unknown.
constexpr std::size_t deepest_calls = 50;

// The parameters of a function or model of the script, as bind() reads them.
struct ScriptSignature {
  ScriptSignature(const ast::Identifier& name, const std::vector<ast::Parameter>& written) {
    parameters.reserve(written.size());
    for (const ast::Parameter& parameter : written) {
      Parameter entry;
      entry.name = parameter.name.name;
      entry.shape = "*";
      entry.optional = parameter.start.has_value();
      parameters.push_back(entry);
    }
    signature.name = name.name;
    signature.parameters = parameters;
  }
  std::vector<Parameter> parameters;
  Signature signature;
};

}  // namespace

void Checker::check_parameters(const std::vector<ast::Parameter>& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (parameters[i].name.name == parameters[j].name.name) {
        complain("redefinition", parameters[i].name.span,
                 fmt::format("the parameter `{}` is written twice", parameters[i].name.name));
      }
    }
  }
}

void Checker::define_function(const ast::Function& function) {
  const std::string& name = function.name.name;
  if (const auto there = functions_.find(name); there != functions_.end()) {
    if (there->second.function == &function) return;  // misplaced in a loop, which is read twice
    complain("redefinition", function.name.span,
             fmt::format("the function `{}` is defined already", name), "choose another name",
             {{there->second.span, fmt::format("`{}` is defined here", name)}});
    return;
  }
  if (table_.find_function(name) != nullptr || find_dynamics(name)) {
    warn("hides-builtin", function.name.span,
         fmt::format("this function replaces the built-in `{}`", name),
         "choose another name to keep both");
  }
  check_parameters(function.parameters);
  if (!returns(function.body)) {
    complain("missing-return", function.name.span,
             fmt::format("`{}` does not reach `return` on every path", name),
             "end the body with `return`");
  }
  functions_[name] = {&function, scopes_.next_order(), function.name.span};
  // Read once with nothing known of the arguments: what is wrong with the body whatever they are.
  read_body(function, scopes_.next_order(),
            std::vector<std::optional<Type>>(function.parameters.size(), unknown_type()),
            std::nullopt);
}

std::optional<std::vector<std::optional<Type>>> Checker::read_arguments(
    const ast::Identifier& name, const std::vector<ast::Parameter>& parameters,
    const ast::Call& call, Span span, Type& tainted) {
  const ScriptSignature script(name, parameters);
  const std::variant<Binding, Diagnostic> bound = bind(script.signature, call, span);
  std::vector<std::optional<Type>> arguments(parameters.size());
  const bool fits = std::holds_alternative<Binding>(bound);
  for (const ast::Argument& argument : call.arguments) {
    Type type = evaluate_argument(*argument.value);
    taint(tainted, type);
    if (!fits) continue;
    const Binding& binding = std::get<Binding>(bound);
    const auto slot = std::find(binding.arguments.begin(), binding.arguments.end(), &argument);
    arguments[static_cast<std::size_t>(slot - binding.arguments.begin())] = std::move(type);
  }
  if (fits) return arguments;
  Diagnostic diagnostic = std::get<Diagnostic>(bound);
  diagnostic.hint.clear();
  diagnostic.notes.push_back({name.span, fmt::format("`{}` is defined here", name.name)});
  report_.add(std::move(diagnostic));
  return std::nullopt;
}

Type Checker::call_script(const FunctionValue& callee, const ast::Call& call, Span span) {
  const ast::Function& function = *callee.script;
  Type tainted;
  const auto arguments = read_arguments(function.name, function.parameters, call, span, tainted);
  if (!arguments) return unknown_type(tainted.fixed);
  return read_body(function, callee.order, *arguments, span);
}

bool Checker::is_open(const ast::Block& body) const {
  return std::any_of(activations_.begin(), activations_.end(),
                     [&](const Activation& each) { return each.body == &body; }) ||
         activations_.size() >= deepest_calls;
}

void Checker::define_parameters(const std::vector<ast::Parameter>& parameters,
                                const std::vector<std::optional<Type>>& arguments) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const ast::Parameter& parameter = parameters[i];
    const Span at = parameter.name.span;
    Type type = arguments[i]      ? *arguments[i]
                : parameter.start ? evaluate(*parameter.start)
                                  : unknown_type();
    if (parameter.type)
      type = with_declared(*parameter.type, std::move(type), at, parameter.name.name);
    Definition definition;
    definition.kind = Kind::parameter;
    definition.type = std::move(type);
    definition.span = at;
    scopes_.define(parameter.name.name, std::move(definition));
  }
}

Type Checker::read_body(const ast::Function& function, std::size_t order,
                        const std::vector<std::optional<Type>>& arguments,
                        std::optional<Span> call_span) {
  Type tainted;
  for (const std::optional<Type>& argument : arguments) {
    if (argument) taint(tainted, *argument);
  }
  if (is_open(function.body)) {
    Type result = unknown_type(tainted.fixed);  // what it reads of the script may be latent
    result.generated = tainted.generated;
    return result;
  }
  if (activations_.empty()) steps_in_call_ = 0;
  const Place outer_place = std::exchange(place_, Place{});
  place_.in_function = true;
  place_.in_derived = outer_place.in_derived;
  const Scopes::Frame outer = scopes_.enter_function(order);
  activations_.push_back({&function.body, std::nullopt});
  std::optional<Note> note;
  if (call_span) {
    note = Note{*call_span, fmt::format("in this call of `{}`", function.name.name)};
  }
  const Report::InCall in_call(report_, std::move(note));
  define_parameters(function.parameters, arguments);
  check_block(function.body);
  Type result = activations_.back().returned.value_or(unknown_type());
  if (function.result) {
    result =
        with_declared(*function.result, std::move(result), function.name.span, function.name.name);
  }
  taint(result, tainted);
  activations_.pop_back();
  scopes_.leave_function(outer);
  place_ = outer_place;
  return result;
}

void Checker::check_return(const ast::Return& value) {
  Type type = evaluate(value.value);
  if (activations_.empty()) return;
  if (place_.latent_branches > 0) type.fixed = false;
  std::optional<Type>& returned = activations_.back().returned;
  returned = returned ? either(*returned, type) : type;
}

}  // namespace vippl::lang::checking
