#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/interpreter.h"
#include "runtime/ode.h"
#include "runtime/passes/optimise.h"
#include "runtime/rearrange.h"

// `ode` and `scan`, whose first argument is a function.

namespace vippl::runtime {

namespace {

bool is_number(const Value& value) {
  return value.element != lang::Element::text && value.element != lang::Element::category;
}

bool same_shape(const lang::Shape& a, const lang::Shape& b) {
  return a.size() == b.size() && lang::same(a, b);
}

bool has_nan(const Value& value) {
  return std::any_of(value.data(), value.data() + value.count(),
                     [](double x) { return std::isnan(x); });
}

}  // namespace

Value Interpreter::evaluate(lang::Dynamics dynamics, const lang::ast::Call& node, lang::Span span) {
  auto read = lang::read_dynamics(dynamics, node, span);
  if (auto* diagnostic = std::get_if<lang::Diagnostic>(&read))
    throw lang::ModelError(std::move(*diagnostic));
  const auto& call = std::get<lang::DynamicsCall>(read);
  return dynamics == lang::Dynamics::ode ? solve(call, span) : scan(call, span);
}

Value Interpreter::initial_state(const lang::DynamicsCall& call) {
  Value initial = evaluate(*call.initial);
  if (!is_number(initial)) {
    fail("not-a-number", call.initial->span, "the state should be numbers");
  }
  return initial;
}

// The call that a script would write as f(first, second).
Value Interpreter::call_with(const lang::DynamicsCall& call, const Value& first,
                             const Value& second) {
  // No name of a script has a blank in it.
  static const std::string names[] = {"argument 1", "argument 2"};
  const lang::Span span = call.function->span;
  const Restore restore(*this);
  locals_.push_back({&names[0], {first}});
  locals_.push_back({&names[1], {second}});
  lang::ast::Call node;
  node.callee = {lang::function_name(call), span};
  for (const std::string& name : names) {
    node.arguments.push_back({std::nullopt, lang::ast::Expression{span, lang::ast::Name{name}}});
  }
  return evaluate(node, span);
}

void Interpreter::check_next_state(const Value& next, const lang::Shape& state,
                                   const lang::DynamicsCall& call, std::string_view what) const {
  const std::string& name = lang::function_name(call);
  if (!is_number(next)) {
    fail("not-a-number", call.function->span, fmt::format("`{}` should return numbers", name));
  }
  if (same_shape(next.shape, state)) return;
  fail("shape-mismatch", call.function->span,
       fmt::format("{} has the shape of the state, but `{}` returns shape {} and the state has "
                   "shape {}",
                   what, name, lang::text(next.shape), lang::text(state)),
       "the shape of the state is that of `initial`");
}

Value Interpreter::scan(const lang::DynamicsCall& call, lang::Span span) {
  Value state = initial_state(call);
  const Value xs = evaluate(*call.xs);
  if (xs.is_scalar()) {
    fail("argument-mismatch", call.xs->span, "`xs` of `scan` should be a vector or an array",
         std::string(lang::form(call.dynamics)));
  }
  if (recorder_.plate_axis({xs.shape.front()})) {
    fail("batch-loop", span,
         fmt::format("`scan` goes along the rows of `{}`, which a minibatch cuts",
                     recorder_.plate()->name),
         "leave out --batch");
  }
  const lang::Shape shape = state.shape;
  const lang::Shape entry(xs.shape.begin() + 1, xs.shape.end());
  const std::int64_t count = xs.shape.front().extent();
  const std::int64_t size = lang::element_count(entry);
  std::vector<Value> states;
  for (std::int64_t i = 0; i < count; ++i) {
    Selection selection{entry, {}};
    for (std::int64_t k = i * size; k < (i + 1) * size; ++k) {
      selection.positions.push_back(static_cast<std::int32_t>(k));
    }
    state = call_with(call, state, select(xs, selection, call.xs->span));
    check_next_state(state, shape, call, "the next state");
    states.push_back(state);
  }
  if (states.empty()) {
    lang::Shape none = {xs.shape.front()};
    none.insert(none.end(), shape.begin(), shape.end());
    return Value::tensor(std::move(none), {}, state.element);
  }
  return stack(std::move(states), {xs.shape.front()}, span);
}

double Interpreter::ode_setting(const lang::ast::Expression& expression, std::string_view name) {
  const Value value = evaluate(expression);
  if (value.is_latent()) {
    fail("latent-setting", expression.span,
         fmt::format("`{}` of `ode` must be fixed, this depends on a latent", name));
  }
  const bool is_tolerance = name != "start";
  if (!value.is_scalar() || !is_number(value) || !std::isfinite(value.scalar) ||
      (is_tolerance && value.scalar <= 0)) {
    fail("argument-mismatch", expression.span,
         fmt::format(
             "`{}` of `ode` should be one {}number{}", name, is_tolerance ? "positive " : "",
             value.is_scalar() && is_number(value) ? fmt::format(", got {}", value.scalar) : ""),
         std::string(lang::form(lang::Dynamics::ode)));
  }
  return value.scalar;
}

std::vector<double> Interpreter::ode_times(const lang::DynamicsCall& call, double start,
                                           lang::Size& count) {
  const Value times = evaluate(*call.times);
  const lang::Span span = call.times->span;
  if (times.is_latent()) {
    fail("latent-setting", span, "`times` of `ode` must be fixed, this depends on a latent");
  }
  if (times.shape.size() != 1 || !is_number(times)) {
    fail("argument-mismatch", span, "`times` of `ode` should be a vector of numbers",
         "one time is written as a vector of one: [1.5]");
  }
  if (recorder_.plate_axis(times.shape)) refuse_mixing_rows("`ode`", span);
  const auto place = [&](Index i) {
    const std::string at = place_in_data(times, i);
    return at.empty() ? "" : fmt::format(" ({})", at);
  };
  for (Index i = 0; i < times.count(); ++i) {
    if (!std::isfinite(times[i])) {
      fail("times-not-increasing", span,
           fmt::format("`times` of `ode` should be finite: element {}{} is {}", i + 1, place(i),
                       times[i]));
    }
    if (i == 0 && times[0] < start) {
      fail("times-not-increasing", span,
           fmt::format("`times` of `ode` should not begin before `start`, which is {}: element "
                       "1{} is {}",
                       start, place(0), times[0]),
           "give the state at an earlier start");
    }
    if (i > 0 && times[i] <= times[i - 1]) {
      fail(
          "times-not-increasing", span,
          fmt::format("`times` of `ode` should increase: element {}{} is {}, after {}", i + 1,
                      place(i), times[i], times[i - 1]),
          "sort the times and give each once; repeated ones are read off by a subscript, z[index]");
    }
  }
  count = times.shape.front();
  return {times.data(), times.data() + times.count()};
}

SubTape Interpreter::record_rhs(const lang::DynamicsCall& call, const Value& initial, double start,
                                std::vector<Value>& captured) {
  const FunctionMark mark{recorder_.tape().instructions.size()};
  const Value t = recorder_.parameter(Value::number(start));
  const Value z = recorder_.parameter(initial);
  const Value derivative = call_with(call, t, z);
  check_next_state(derivative, initial.shape, call, "the derivative");
  const NodeId parameters[] = {t.node, z.node};
  RecordedFunction function =
      take_function(recorder_.tape(), mark, parameters, recorder_.node_of(derivative));
  for (const NodeId node : function.captured) {
    if (recorder_.tape().nodes[static_cast<std::size_t>(node)].is_fixed()) {
      refuse_mixing_rows("`ode`", call.function->span);
    }
    captured.push_back(recorder_.value_of(node));
  }
  Tape rhs = optimise_function(std::move(function.tape), function.result, program_.options.passes);
  return SubTape(std::move(rhs), function.result, 1 + initial.count());
}

Value Interpreter::solve(const lang::DynamicsCall& call, lang::Span span) {
  const Value initial = initial_state(call);
  if (recorder_.plate_axis(initial.shape)) refuse_mixing_rows("`ode`", call.initial->span);
  const double start = ode_setting(*call.start, "start");
  lang::Size count;
  std::vector<double> times = ode_times(call, start, count);
  const auto tolerance = [&](const lang::ast::Expression* given, std::string_view name) {
    return given == nullptr ? lang::default_ode_tolerance : ode_setting(*given, name);
  };
  const double rel_tol = tolerance(call.rel_tol, "rel_tol");
  const double abs_tol = tolerance(call.abs_tol, "abs_tol");

  std::vector<Value> captured;
  SubTape rhs = record_rhs(call, initial, start, captured);
  // What the right side reads becomes one vector, in the order of its inputs.
  Value parameters;
  if (captured.size() > 1) {
    std::vector<const Value*> inputs;
    std::vector<Piece> pieces;
    for (const Value& value : captured) {
      pieces.push_back({static_cast<std::uint32_t>(inputs.size()), 0, value.count()});
      inputs.push_back(&value);
    }
    parameters = recorder_.apply(make_assemble(std::move(pieces)), inputs,
                                 {lang::Size::number(rhs.parameter_count())}, lang::Element::real,
                                 call.function->span);
  } else if (captured.size() == 1) {
    parameters = captured.front();
  }

  lang::Shape shape = {count};
  shape.insert(shape.end(), initial.shape.begin(), initial.shape.end());
  const Value* inputs[] = {&initial, &parameters};
  OdeProblem problem{lang::function_name(call),
                     {std::move(rhs), rel_tol, abs_tol},
                     start,
                     std::move(times),
                     call.method};
  const auto solve_by = [&](lang::OdeMethod method) {
    problem.method = method;
    return recorder_.apply(make_ode(problem), {inputs, captured.empty() ? 1U : 2U}, shape,
                           lang::Element::real, span);
  };
  Value result = solve_by(call.method);
  // Behind a branch on a latent it may be a path that no draw takes.
  if (result.is_latent() || !recorder_.tape().guards.empty() || !has_nan(result)) return result;
  if (call.method == lang::OdeMethod::rk45 && !has_nan(solve_by(lang::OdeMethod::stiff))) {
    fail("unsolved-equation", span,
         fmt::format("the equation of `{}` takes too many steps up to the last time",
                     lang::function_name(call)),
         "method = \"stiff\" gets there: parts of the solution die out fast");
  }
  fail("unsolved-equation", span,
       fmt::format("the equation of `{}` has no solution up to the last time: its state grows "
                   "beyond all bounds",
                   lang::function_name(call)),
       "look at the signs of the right side and at the start, or end `times` before");
}

}  // namespace vippl::runtime
