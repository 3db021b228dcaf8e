#include "lang/dynamics.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/checking/checker.h"

// `ode` and `scan`, whose first argument is a function.

namespace vippl::lang::checking {

namespace {

// A state may become real, or latent, by its first step: then the step is read again with that.
constexpr int most_readings = 3;

// What is known of the values that a function is called with inside: they differ from call to call.
Type varying(Type type) {
  type.value.reset();
  type.size.reset();
  return type;
}

}  // namespace

std::optional<FunctionValue> Checker::function_of(const DynamicsCall& call) {
  const std::string& name = function_name(call);
  const Span span = call.function->span;
  const Type type = evaluate_argument(*call.function);
  if (type.function) return type.function;
  if (type.known) {
    complain("not-a-function", span, fmt::format("`{}` is a value, not a function", name),
             std::string(form(call.dynamics)));
  }
  return std::nullopt;
}

bool Checker::takes_two(const FunctionValue& function, const DynamicsCall& call,
                        std::string_view arguments) {
  std::size_t most = 0;
  std::size_t least = 0;
  const auto count = [&](const auto& parameters, auto&& is_optional) {
    most = parameters.size();
    least = most - static_cast<std::size_t>(
                       std::count_if(parameters.begin(), parameters.end(), is_optional));
  };
  std::vector<Note> notes;
  if (function.script != nullptr) {
    count(function.script->parameters, [](const ast::Parameter& p) { return p.start.has_value(); });
    notes.push_back({function.script->name.span,
                     fmt::format("`{}` is defined here", function.script->name.name)});
  } else {
    count(function.builtin->parameters,
          [](const Parameter& p) { return p.start.has_value() || p.optional; });
    if (function.builtin->variadic) most = std::max<std::size_t>(most, 2);
  }
  if (least <= 2 && most >= 2) return true;
  complain("wrong-argument-count", call.function->span,
           fmt::format("`{}` calls `{}` with 2 arguments ({}), but it takes {}",
                       signature(call.dynamics).name, function_name(call), arguments,
                       least == most ? std::to_string(most) : fmt::format("{} to {}", least, most)),
           "a function sees the data, `let`s and latents above it: they need not be arguments",
           std::move(notes));
  return false;
}

Type Checker::call_with_types(const FunctionValue& function, const DynamicsCall& call,
                              std::vector<Type> types) {
  if (function.script != nullptr) {
    std::vector<std::optional<Type>> arguments(function.script->parameters.size());
    std::move(types.begin(), types.end(), arguments.begin());
    return read_body(*function.script, function.order, arguments, call.function->span);
  }
  const Signature& signature = *function.builtin;
  Type result;
  for (const Type& type : types) {
    taint(result, type);
    result.known = result.known && type.known;
  }
  if (!result.known) return result;
  std::vector<ArgumentType> arguments;
  for (const Type& type : types) arguments.push_back(as_argument(type));
  arguments.resize(std::max(arguments.size(), signature.parameters.size() +
                                                  (signature.variadic ? arguments.size() - 1 : 0)));
  const std::variant<ResultType, Mismatch> inferred = infer(signature, arguments);
  if (const Mismatch* mismatch = std::get_if<Mismatch>(&inferred)) {
    complain("argument-mismatch", call.function->span, mismatch->message, signature.text());
    result.known = false;
    return result;
  }
  result.element = std::get<ResultType>(inferred).element;
  result.shape = std::get<ResultType>(inferred).shape;
  return result;
}

bool Checker::is_state(const Type& type, const DynamicsCall& call, std::string_view what,
                       Span span) {
  if (!type.known || type.is_number()) return type.known;
  complain("not-a-number", span,
           fmt::format("{} of `{}` should be numbers, got {}", what, signature(call.dynamics).name,
                       describe(type)));
  return false;
}

bool Checker::keeps_shape(const Type& state, const Type& result, const DynamicsCall& call,
                          std::string_view what) {
  if (same(state.shape, result.shape) && state.shape.size() == result.shape.size()) return true;
  complain("shape-mismatch", call.function->span,
           fmt::format("{} has the shape of the state, but `{}` returns shape {} and the state has "
                       "shape {}",
                       what, function_name(call), text(result.shape), text(state.shape)),
           "the shape of the state is that of `initial`", origins(result.shape, state.shape));
  return false;
}

// A setting of `ode`: fixed numbers with so many dimensions.
Type Checker::ode_setting(const DynamicsCall& call, std::size_t parameter,
                          const ast::Expression& expression) {
  const Parameter& facts = signature(call.dynamics).parameters[parameter];
  const Type type = evaluate(expression);
  const std::string name = fmt::format("`{}` of `ode`", facts.name);
  if (!type.fixed || type.generated) {
    complain("latent-setting", expression.span,
             fmt::format("{} must be fixed, this depends on a latent", name));
    return unknown_type();
  }
  if (!type.known || !is_number(type, expression.span, name)) return unknown_type();
  if (type.shape.size() != dimensions(facts.shape)) {
    complain("argument-mismatch", expression.span,
             fmt::format("{} should be {}, got {}", name,
                         facts.shape.empty() ? "one number" : "a vector", describe(type)),
             facts.shape.empty() ? std::string(form(call.dynamics))
                                 : "one time is written as a vector of one: [1.5]");
    return unknown_type();
  }
  // Not by check_domain(), which takes a function to be defined on the edge of its domain too.
  if (type.value && !contains(facts.support, *type.value)) {
    complain("argument-outside-support", expression.span,
             fmt::format("{} should be {}, got {}", name, lang::text(facts.support), *type.value),
             std::string(form(call.dynamics)));
  }
  return type;
}

Type Checker::call_dynamics(Dynamics dynamics, const ast::Call& call, Span span) {
  const std::variant<DynamicsCall, Diagnostic> read = read_dynamics(dynamics, call, span);
  if (const Diagnostic* diagnostic = std::get_if<Diagnostic>(&read)) {
    report_.add(*diagnostic);
    return unknown_type();
  }
  const auto& parsed = std::get<DynamicsCall>(read);
  return dynamics == Dynamics::ode ? solve(parsed) : scan(parsed);
}

Type Checker::solve(const DynamicsCall& call) {
  const std::optional<FunctionValue> rhs = function_of(call);
  const Type initial = evaluate(*call.initial);
  ode_setting(call, 2, *call.start);
  const Type times = ode_setting(call, 3, *call.times);
  if (call.rel_tol != nullptr) ode_setting(call, 5, *call.rel_tol);
  if (call.abs_tol != nullptr) ode_setting(call, 6, *call.abs_tol);
  Type result;
  taint(result, initial);
  const bool fits = rhs && takes_two(*rhs, call, "t, z");
  if (!fits || !is_state(initial, call, "the state", call.initial->span)) {
    result.known = false;
    return result;
  }
  Type state = varying(initial);
  state.element = Element::real;
  Type time;
  {
    // Quietly with a state as fixed as `initial`: what the right side reads may still be latent.
    const Report::Quiet quiet(report_);
    taint(result, call_with_types(*rhs, call, {time, state}));
  }
  // Then as it is inside: time and state are no constants, whatever they start from.
  time.fixed = false;
  state.fixed = false;
  const Type derivative = call_with_types(*rhs, call, {time, state});
  result.generated = result.generated || derivative.generated;
  result.known = is_state(derivative, call, "the derivatives", call.function->span) &&
                 keeps_shape(state, derivative, call, "the derivative") && times.known;
  if (!result.known) return result;
  result.shape = times.shape;
  result.shape.insert(result.shape.end(), initial.shape.begin(), initial.shape.end());
  return result;
}

Type Checker::scan(const DynamicsCall& call) {
  const std::optional<FunctionValue> step = function_of(call);
  const Type initial = evaluate(*call.initial);
  const Type xs = evaluate(*call.xs);
  Type state = varying(initial);
  taint(state, xs);
  const bool fits = step && takes_two(*step, call, "state, x");
  if (xs.known && xs.shape.empty()) {
    complain("argument-mismatch", call.xs->span,
             fmt::format("`xs` of `scan` should be a vector or an array, got {}", describe(xs)),
             "`scan` takes one step for each entry along the first dimension of xs; to repeat n "
             "times write 1..n");
    return unknown_type(state.fixed);
  }
  if (!fits || !xs.known || !is_state(initial, call, "the state", call.initial->span)) {
    return unknown_type(state.fixed);
  }
  Type x = varying(xs);
  x.shape.erase(x.shape.begin());
  const auto after_step = [&] {
    Type next = call_with_types(*step, call, {state, x});
    Type both = state;
    taint(both, next);
    if (const std::optional<Element> element = widest(state.element, next.element)) {
      both.element = *element;
    }
    return std::pair(std::move(next), std::move(both));
  };
  for (int reading = 0; reading < most_readings; ++reading) {
    const Report::Quiet quiet(report_);
    state = after_step().second;
  }
  const Type next = after_step().first;
  if (!is_state(next, call, "the states", call.function->span) ||
      !keeps_shape(state, next, call, "the next state")) {
    return unknown_type(state.fixed);
  }
  Type result = next;
  result.value.reset();
  result.size.reset();
  taint(result, state);
  result.shape = {xs.shape.front()};
  result.shape.insert(result.shape.end(), initial.shape.begin(), initial.shape.end());
  return result;
}

}  // namespace vippl::lang::checking
