#include "tests/support/reference/evaluator.h"

namespace vippl::reference {

namespace ast = lang::ast;

namespace {

// Fixed steps of the classical method of order 4, so many between two outputs: slow, smooth in
// everything, and nothing to be wrong in its control of errors. Not for stiff equations.
constexpr int steps_between_outputs = 200;

Tensor sum(const Tensor& x, double factor, const Tensor& y) {
  return map(x, y, [factor](double a, double b) { return a + factor * b; });
}

}  // namespace

Tensor Evaluator::call_by_name(const std::string& name, const std::vector<Tensor>& values,
                               Scope& scope) {
  Scope inner(&scope);
  ast::Call call;
  call.callee.name = name;
  for (const Tensor& value : values) {
    const std::string argument = "value " + std::to_string(call.arguments.size());
    inner.define(argument, value);
    call.arguments.push_back({std::nullopt, ast::Expression{{}, ast::Name{argument}}});
  }
  return evaluate(call, inner);
}

std::optional<Tensor> Evaluator::evaluate_dynamics(const ast::Call& call, Scope& scope) {
  const auto argument = [&](std::size_t place, const std::string& name) -> const ast::Expression& {
    for (std::size_t k = 0; k < call.arguments.size(); ++k) {
      const ast::Argument& each = call.arguments[k];
      if (each.name ? each.name->name == name : k == place) return *each.value;
    }
    throw Error("the argument `" + name + "` is missing");
  };
  if (call.callee.name == "scan") {
    const std::string& step = std::get<ast::Name>(argument(0, "step").node).name;
    Tensor state = evaluate(argument(1, "initial"), scope);
    const Tensor xs = evaluate(argument(2, "xs"), scope);
    std::vector<Tensor> states;
    for (std::size_t i = 0; i < xs.shape.at(0); ++i) {
      state = call_by_name(step, {state, part(xs, {xs.shape[0]}, i)}, scope);
      states.push_back(state);
    }
    Tensor result = stack(states);
    if (states.empty())
      result.shape.insert(result.shape.end(), state.shape.begin(), state.shape.end());
    return result;
  }
  if (call.callee.name != "ode") return std::nullopt;
  const std::string& rhs = std::get<ast::Name>(argument(0, "rhs").node).name;
  Tensor z = evaluate(argument(1, "initial"), scope);
  z.kind = Tensor::Kind::real;
  double t = evaluate(argument(2, "start"), scope).item();
  const Tensor times = evaluate(argument(3, "times"), scope);
  const auto slope = [&](double at, const Tensor& state) {
    return call_by_name(rhs, {scalar(at), state}, scope);
  };
  std::vector<Tensor> states;
  for (const double next : times.values) {
    const double h = (next - t) / steps_between_outputs;
    for (int i = 0; i < steps_between_outputs && h > 0; ++i) {
      const double from = t + i * h;
      const Tensor k1 = slope(from, z);
      const Tensor k2 = slope(from + h / 2, sum(z, h / 2, k1));
      const Tensor k3 = slope(from + h / 2, sum(z, h / 2, k2));
      const Tensor k4 = slope(from + h, sum(z, h, k3));
      z = sum(sum(sum(sum(z, h / 6, k1), h / 3, k2), h / 3, k3), h / 6, k4);
    }
    t = next;
    states.push_back(z);
  }
  Tensor result = stack(states);
  if (states.empty()) result.shape.insert(result.shape.end(), z.shape.begin(), z.shape.end());
  return result;
}

}  // namespace vippl::reference
