#include <fmt/format.h>

#include <algorithm>

#include "lang/checking/checker.h"
#include "lang/checking/synonyms.h"
#include "lang/checking/vocabulary.h"

namespace vippl::lang::checking {

namespace {

std::string listed(const std::vector<std::string>& names, std::string_view lead) {
  constexpr std::size_t most = 8;
  std::string result;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    result += i == 0 ? fmt::format("{}`{}`", lead, names[i]) : fmt::format(", `{}`", names[i]);
  }
  return result;
}

// Functions are defined on the closure of their domain: sqrt(0) and log(0) have values.
Support closed(Support support) {
  support.lower.open = false;
  support.upper.open = false;
  return support;
}

}  // namespace

Type Checker::evaluate_call(const ast::Call& call, Span span) {
  const std::string& name = call.callee.name;
  if (const Definition* parameter = scopes_.find(name);
      parameter != nullptr && parameter->kind == Kind::parameter) {
    const Type type = parameter->type;
    if (type.function && type.function->script != nullptr) {
      return call_script(*type.function, call, span);
    }
    if (type.function && type.function->builtin != nullptr) {
      return call_builtin(*type.function->builtin, call, span);
    }
    if (!type.known) {
      for (const ast::Argument& argument : call.arguments) evaluate_argument(*argument.value);
      return unknown_type();
    }
    // A parameter with the name of a function does not hide it: they live in separate tables.
  }
  if (const std::optional<FunctionValue> found = find_function(name)) {
    if (found->script != nullptr) return call_script(*found, call, span);
    if (const auto function = distribution_function(call, table_)) {
      return call_with_distribution(*function, call, span);
    }
    return call_builtin(*found->builtin, call, span);
  }
  if (const auto dynamics = find_dynamics(name)) return call_dynamics(*dynamics, call, span);
  if (const auto function = distribution_function(call, table_)) {
    return call_with_distribution(*function, call, span);
  }
  if (name == "is_missing") return evaluate_is_missing(call, span);
  refuse_callee(call);
  return unknown_type();
}

void Checker::refuse_callee(const ast::Call& call) {
  const std::string& name = call.callee.name;
  const Span span = call.callee.span;
  if (name == "columns" || name == "field") {
    complain("misplaced-columns", span,
             fmt::format("`{}` stands after the `=` of a `data` statement only", name),
             fmt::format("write: data X : real[n, p] = {}(...)", name));
  } else if (const auto below = later_.find(name + "()"); below != later_.end()) {
    complain("used-before-definition", span,
             fmt::format("`{}` is called before it is defined", name),
             "a function must be defined above its first call",
             {{below->second, fmt::format("`{}` is defined here", name)}});
  } else if (models_.contains(name)) {
    refuse_model(name, span);
  } else if (is_language_function(name)) {
    refuse_construct(span, fmt::format("`{}` is", name),
                     listed(similar_functions(name, table_), "available are "));
  } else if (table_.find_distribution(name) != nullptr || is_language_distribution(name)) {
    complain("distribution-as-value", span,
             fmt::format("`{}` is a distribution, which is not a value", name),
             "it stands after `~`, as in `sample x ~ normal(0, 1)`");
  } else if (const auto density = name.ends_with("_lpdf") || name.ends_with("_lpmf")
                                      ? distribution_meant(name, table_)
                                      : std::nullopt) {
    complain("unknown-function", span, fmt::format("there is no function `{}`", name),
             fmt::format("write `observe y ~ {0}(...)` for data, `factor log_density({0}(...), y)` "
                         "for a latent",
                         *density));
  } else if (scopes_.find(name) != nullptr) {
    complain("unknown-function", span, fmt::format("`{}` is a value, not a function", name),
             "subscripts are written in square brackets");
  } else {
    std::vector<std::string> names;
    if (report_.wants_hints()) {
      for (const std::string_view each : table_.function_names()) names.emplace_back(each);
      for (const auto& [each, function] : functions_) names.push_back(each);
    }
    complain("unknown-function", span, fmt::format("there is no function `{}`", name),
             similar(name, names));
  }
  if (name == "columns" || name == "field") return;
  for (const ast::Argument& argument : call.arguments) evaluate_argument(*argument.value);
}

// A function may be passed where a parameter is called.
Type Checker::evaluate_argument(const ast::Expression& expression) {
  const auto* name = std::get_if<ast::Name>(&expression.node);
  if (name == nullptr) return evaluate(expression);
  if (const Definition* value = scopes_.find(name->name); value != nullptr) {
    return refuse_unobserved(*value, name->name, expression.span) ? unknown_type(false)
                                                                  : value->type;
  }
  const std::optional<FunctionValue> function = find_function(name->name);
  if (!function) return evaluate(expression);
  Type type = unknown_type();
  type.function = function;
  return type;
}

Type Checker::call_builtin(const Signature& signature, const ast::Call& call, Span span) {
  const std::variant<Binding, Diagnostic> bound = bind(signature, call, span);
  const bool fits = std::holds_alternative<Binding>(bound);
  if (!fits) report_.add(std::get<Diagnostic>(bound));
  // Every argument is read, in the order of the text, also when the call is wrong.
  std::vector<std::pair<const ast::Argument*, Type>> read;
  Type result;
  for (const ast::Argument& argument : call.arguments) {
    read.emplace_back(&argument, evaluate_argument(*argument.value));
    taint(result, read.back().second);
    result.known = result.known && read.back().second.known;
  }
  if (!fits || !result.known) {
    result.known = false;
    return result;
  }
  const Binding& binding = std::get<Binding>(bound);
  std::vector<const ast::Argument*> slots;
  if (signature.variadic) slots = binding.rest;
  slots.insert(slots.end(), binding.arguments.begin() + (signature.variadic ? 1 : 0),
               binding.arguments.end());
  std::vector<ArgumentType> arguments(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i] == nullptr) continue;
    const auto found = std::find_if(read.begin(), read.end(),
                                    [&](const auto& each) { return each.first == slots[i]; });
    arguments[i] = as_argument(found->second);
    arguments[i].fixed = arguments[i].fixed || found->second.generated;
    const std::size_t parameter = !signature.variadic       ? i
                                  : i < binding.rest.size() ? 0
                                                            : i - binding.rest.size() + 1;
    check_domain(signature, signature.parameters[parameter], found->second, slots[i]->value->span);
  }
  const std::variant<ResultType, Mismatch> inferred = infer(signature, arguments);
  if (const Mismatch* mismatch = std::get_if<Mismatch>(&inferred)) {
    Shape shapes;
    for (const ArgumentType& argument : arguments) {
      shapes.insert(shapes.end(), argument.shape.begin(), argument.shape.end());
    }
    const bool placed = mismatch->parameter && *mismatch->parameter < slots.size() &&
                        slots[*mismatch->parameter] != nullptr;
    complain("argument-mismatch", placed ? slots[*mismatch->parameter]->value->span : span,
             mismatch->message, signature.text(), origins(shapes));
    result.known = false;
    return result;
  }
  const auto& type = std::get<ResultType>(inferred);
  result.element = type.element;
  result.shape = type.shape;
  if (type.size) {  // the extent of a latent array is fixed
    result.fixed = true;
    result.size = type.size;
    if (const auto value = constant(*type.size)) result.value = static_cast<double>(*value);
  }
  return result;
}

void Checker::check_domain(const Signature& signature, const Parameter& parameter,
                           const Type& argument, Span span) {
  if (!argument.value) return;
  const bool distribution = signature.callable == Signature::Callable::distribution;
  const Support support = distribution ? parameter.support : closed(parameter.support);
  if (contains(support, *argument.value)) return;
  complain("argument-outside-support", span,
           fmt::format("`{}` of `{}` should be {}, got {}", parameter.name, signature.name,
                       text(support), *argument.value),
           signature.text());
}

Type Checker::call_with_distribution(DistributionFunction function, const ast::Call& call,
                                     Span span) {
  const std::string& name = call.callee.name;
  Type result;
  if (call.arguments.empty() || call.arguments.front().name) {
    complain("wrong-argument-count", span,
             fmt::format("the first argument of `{}` is a distribution", name),
             fmt::format("write: {}", form(function)));
    return unknown_type();
  }
  if (call.arguments.size() != argument_count(function)) {
    complain("wrong-argument-count", span,
             fmt::format("`{}` takes {} arguments, the distribution included, got {}", name,
                         argument_count(function), call.arguments.size()),
             fmt::format("write: {}", form(function)));
  }
  const Applied applied = apply_distribution(*call.arguments.front().value);
  result.fixed = !applied.latent_arguments;
  result.known = applied.signature != nullptr && applied.value.known;
  result.generated = applied.value.generated;
  const bool of_quantile = function == DistributionFunction::quantile;
  if (applied.signature != nullptr && function != DistributionFunction::log_density &&
      !(of_quantile ? has_quantile(*applied.signature) : applied.signature->has_cdf)) {
    complain("no-cdf", call.arguments.front().value->span,
             fmt::format("the {} of `{}` is not known", of_quantile ? "quantile function" : "cdf",
                         applied.signature->name));
    return unknown_type();
  }
  const std::size_t rank = applied.signature == nullptr ? 0 : event_rank(*applied.signature);
  Shape shape = applied.value.shape;
  if (rank > 0) shape.resize(shape.size() - std::min(rank, shape.size()), Size::unknown());
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const Type value = evaluate(*call.arguments[i].value);
    taint(result, value);
    result.known = result.known && value.known && value.shape.size() >= rank;
    if (!result.known) continue;
    Type copies;
    copies.shape.assign(value.shape.begin(), value.shape.end() - static_cast<std::ptrdiff_t>(rank));
    Type so_far;
    so_far.shape = shape;
    const std::optional<Shape> both =
        spread(so_far, copies, call.arguments[i].value->span, fmt::format("`{}`", name));
    result.known = both.has_value();
    if (both) shape = *both;
  }
  if (of_quantile && applied.signature != nullptr && applied.signature->support.is_discrete()) {
    result.element = Element::integer;
  }
  result.shape = shape;
  return result;
}

}  // namespace vippl::lang::checking
