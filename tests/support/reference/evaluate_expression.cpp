#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "lang/dotted_name.h"
#include "lang/match.h"
#include "tests/support/reference/evaluator.h"
#include "tests/support/reference/wrappers.h"

namespace vippl::reference {

namespace ast = lang::ast;

namespace {

using Kind = Tensor::Kind;

const std::set<std::string> wrappers = {"truncated", "censored", "mixture", "zero_inflated",
                                        "hurdle"};

const ast::Text* as_text(const ast::Expression& expression) {
  return std::get_if<ast::Text>(&expression.node);
}

Tensor truth(Tensor x) {
  x.kind = Kind::boolean;
  return x;
}

Tensor number(Tensor x) {
  x.kind = std::max(x.kind, Kind::integer);
  return x;
}

Tensor real(Tensor x) {
  x.kind = Kind::real;
  return x;
}

Tensor range(double first, double last) {
  Tensor result = vector({}, Kind::integer);
  for (double i = first; i <= last; ++i) result.values.push_back(i);
  result.shape = {result.values.size()};
  return result;
}

Tensor apply_operator(ast::BinaryOperator op, const Tensor& a, const Tensor& b) {
  using enum ast::BinaryOperator;
  switch (op) {
    case logical_or:
      return truth(map(a, b, [](double x, double y) { return x != 0 || y != 0 ? 1.0 : 0.0; }));
    case logical_and:
      return truth(map(a, b, [](double x, double y) { return x != 0 && y != 0 ? 1.0 : 0.0; }));
    case equal:
      return truth(map(a, b, [](double x, double y) { return x == y ? 1.0 : 0.0; }));
    case not_equal:
      return truth(map(a, b, [](double x, double y) { return x != y ? 1.0 : 0.0; }));
    case less:
      return truth(map(a, b, [](double x, double y) { return x < y ? 1.0 : 0.0; }));
    case less_equal:
      return truth(map(a, b, [](double x, double y) { return x <= y ? 1.0 : 0.0; }));
    case greater:
      return truth(map(a, b, [](double x, double y) { return x > y ? 1.0 : 0.0; }));
    case greater_equal:
      return truth(map(a, b, [](double x, double y) { return x >= y ? 1.0 : 0.0; }));
    case range:
      return reference::range(a.item(), b.item());
    case add:
      return number(map(a, b, [](double x, double y) { return x + y; }));
    case subtract:
      return number(map(a, b, [](double x, double y) { return x - y; }));
    case multiply:
      return number(map(a, b, [](double x, double y) { return x * y; }));
    case divide:
      return real(map(a, b, [](double x, double y) { return x / y; }));
    case matrix_multiply:
      return contract(a, b);
    case power:
      return real(map(a, b, [](double x, double y) { return std::pow(x, y); }));
  }
  throw Error("an operator is not known");
}

}  // namespace

Tensor Evaluator::evaluate(const ast::Expression& expression, Scope& scope) {
  return lang::match(
      expression.node,
      [](const ast::Number& literal) {
        return scalar(literal.value, literal.is_int ? Kind::integer : Kind::real);
      },
      [](const ast::Boolean& literal) { return scalar(literal.value ? 1 : 0, Kind::boolean); },
      [](const ast::Text&) -> Tensor { throw Error("a text stands where a number is expected"); },
      [&](const ast::Member&) {
        const std::optional<std::string> name = lang::dotted_name(expression);
        if (!name) throw Error("a point stands after something else than a name");
        return evaluate(ast::Name{*name}, scope);
      },
      [&](const auto& node) { return evaluate(node, scope); });
}

Tensor Evaluator::evaluate(const ast::Name& name, Scope& scope) {
  if (result_.drawn.contains(name.name)) throw NeedsDraw("`" + name.name + "` is drawn");
  const Value* value = scope.find(name.name);
  if (value == nullptr || !std::holds_alternative<Tensor>(*value)) {
    throw Error("`" + name.name + "` has no value");
  }
  return std::get<Tensor>(*value);
}

Tensor Evaluator::evaluate(const ast::Unary& unary, Scope& scope) {
  const Tensor operand = evaluate(*unary.operand, scope);
  switch (unary.op) {
    case ast::UnaryOperator::negate:
      return number(map(operand, [](double x) { return -x; }));
    case ast::UnaryOperator::logical_not:
      return truth(map(operand, [](double x) { return x == 0 ? 1.0 : 0.0; }));
    case ast::UnaryOperator::transpose:
      return transpose(operand);
  }
  throw Error("an operator is not known");
}

Tensor Evaluator::evaluate(const ast::Binary& binary, Scope& scope) {
  const bool is_equal = binary.op == ast::BinaryOperator::equal;
  if (const ast::Text* level = as_text(*binary.right)) {
    return compare_level(evaluate(*binary.left, scope), level->value, is_equal);
  }
  if (const ast::Text* level = as_text(*binary.left)) {
    return compare_level(evaluate(*binary.right, scope), level->value, is_equal);
  }
  return apply_operator(binary.op, evaluate(*binary.left, scope), evaluate(*binary.right, scope));
}

Tensor Evaluator::compare_level(const Tensor& category, const std::string& level, bool equal) {
  const auto place = std::find(category.levels.begin(), category.levels.end(), level);
  if (place == category.levels.end()) throw Error("`" + level + "` is no level");
  const auto code = static_cast<double>(place - category.levels.begin() + 1);
  return truth(map(category, [&](double x) { return (x == code) == equal ? 1.0 : 0.0; }));
}

Tensor Evaluator::evaluate(const ast::Choice& choice, Scope& scope) {
  const Tensor condition = evaluate(*choice.condition, scope);
  if (condition.rank() == 0) {
    return evaluate(condition.item() != 0 ? *choice.accepted : *choice.rejected, scope);
  }
  const Tensor accepted = evaluate(*choice.accepted, scope);
  const Tensor rejected = evaluate(*choice.rejected, scope);
  const Shape shape = broadcast(condition.shape, broadcast(accepted.shape, rejected.shape));
  const Tensor where = stretch(condition, shape);
  const Tensor others = stretch(rejected, shape);
  Tensor result = stretch(accepted, shape);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    if (where.values[i] == 0) result.values[i] = others.values[i];
  }
  result.kind = std::max(accepted.kind, rejected.kind);
  return result;
}

Tensor Evaluator::evaluate(const ast::ArrayLiteral& literal, Scope& scope) {
  std::vector<Tensor> parts;
  for (const ast::Expression& element : literal.elements) parts.push_back(evaluate(element, scope));
  return stack(parts);
}

Tensor Evaluator::evaluate(const ast::Comprehension& comprehension, Scope& scope) {
  return collect(comprehension, 0, scope);
}

Tensor Evaluator::collect(const ast::Comprehension& comprehension, std::size_t variable,
                          Scope& scope) {
  if (variable == comprehension.over.size()) return evaluate(*comprehension.element, scope);
  const ast::Over& over = comprehension.over[variable];
  const Tensor range = evaluate(*over.range, scope);
  std::vector<Tensor> parts;
  for (const double turn : range.values) {
    Scope inner(&scope);
    inner.define(over.variable.name, scalar(turn, range.kind));
    parts.push_back(collect(comprehension, variable + 1, inner));
  }
  return stack(parts);
}

Tensor Evaluator::evaluate(const ast::Subscript& subscript, Scope& scope) {
  const Tensor base = evaluate(*subscript.base, scope);
  return pick(base, select(base.shape, evaluate_places(subscript.places, scope)));
}

std::vector<Place> Evaluator::evaluate_places(const std::vector<ast::Place>& places, Scope& scope) {
  std::vector<Place> result;
  for (const ast::Place& place : places) {
    if (!place.index) {
      result.emplace_back(Everything{});  // GCC 12 warns of a moved temporary
      continue;
    }
    const ast::Expression& index = **place.index;
    const auto* range = std::get_if<ast::Binary>(&index.node);
    if (range != nullptr && range->op == ast::BinaryOperator::range) {
      result.push_back(
          Range{evaluate(*range->left, scope).item(), evaluate(*range->right, scope).item()});
    } else {
      result.push_back(evaluate(index, scope));
    }
  }
  return result;
}

Value Evaluator::evaluate_argument(const ast::Expression& expression, Scope& scope) {
  if (const auto* name = std::get_if<ast::Name>(&expression.node)) {
    if (const Value* value = scope.find(name->name)) return *value;
    return FunctionName{name->name};
  }
  return evaluate(expression, scope);
}

Tensor Evaluator::evaluate(const ast::Call& call, Scope& scope) {
  std::string callee = call.callee.name;
  if (const Value* passed = scope.find(callee);
      passed != nullptr && std::holds_alternative<FunctionName>(*passed)) {
    callee = std::get<FunctionName>(*passed).name;
  }
  if (const auto function = functions_.find(callee); function != functions_.end()) {
    return call_function(*function->second, call, scope);
  }
  if (const std::optional<Tensor> solved = evaluate_dynamics(call, scope)) return *solved;
  if (callee == "log_density") {
    const Applied applied = apply(*call.arguments.at(0).value, scope);
    return log_densities_together(*applied.density, evaluate(*call.arguments.at(1).value, scope),
                                  applied.arguments);
  }
  const auto* first = call.arguments.empty()
                          ? nullptr
                          : std::get_if<ast::Call>(&call.arguments.front().value->node);
  const bool of_quantile =
      callee == "quantile" && first != nullptr &&
      (wrappers.contains(first->callee.name) || find_density(first->callee.name) != nullptr);
  if (callee.ends_with("cdf") || callee == "log_probability" || of_quantile) {
    return of_distribution(callee, call, scope);
  }
  if (callee == "is_missing") {
    const auto& data = std::get<ast::Name>(call.arguments.at(0).value->node);
    return truth(map(optional_.at(data.name), [](double x) { return std::isnan(x) ? 1.0 : 0.0; }));
  }
  const Builtin* builtin = find_builtin(callee);
  if (builtin == nullptr) throw Error("`" + callee + "` is not known");
  Arguments arguments;
  for (const ast::Argument& argument : call.arguments) {
    const ast::Text* text = as_text(*argument.value);
    const Tensor value = text != nullptr ? Tensor{{}, {1}, Tensor::Kind::integer, {text->value}}
                                         : evaluate(*argument.value, scope);
    if (argument.name) {
      arguments.named.emplace(argument.name->name, value);
    } else {
      arguments.positional.push_back(value);
    }
  }
  return (*builtin)(arguments);
}

void Evaluator::bind_parameters(const std::vector<ast::Parameter>& parameters,
                                const ast::Call& call, Scope& scope, Scope& inside) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const ast::Parameter& parameter = parameters[i];
    const ast::Expression* given = parameter.start ? &*parameter.start : nullptr;
    for (std::size_t k = 0; k < call.arguments.size(); ++k) {
      const ast::Argument& argument = call.arguments[k];
      if (argument.name ? argument.name->name == parameter.name.name : k == i) {
        given = &*argument.value;
      }
    }
    if (given == nullptr) throw Error("`" + parameter.name.name + "` is missing in a call");
    const bool is_default = parameter.start && given == &*parameter.start;
    const Value value = evaluate_argument(*given, is_default ? inside : scope);
    if (std::holds_alternative<Tensor>(value)) {
      bind_type(parameter.type, std::get<Tensor>(value), inside);
    }
    inside.define(parameter.name.name, value);
  }
}

Tensor Evaluator::call_function(const ast::Function& function, const ast::Call& call,
                                Scope& scope) {
  Scope inside(&globals_);
  bind_parameters(function.parameters, call, scope, inside);
  const Returned returned = run(function.body, inside);
  if (!returned) throw Error("`" + function.name.name + "` returned nothing");
  bind_type(function.result, *returned, inside);
  return *returned;
}

Evaluator::Applied Evaluator::apply(const ast::Expression& distribution, Scope& scope) {
  const auto* call = std::get_if<ast::Call>(&distribution.node);
  if (call != nullptr && wrappers.contains(call->callee.name)) return apply_wrapper(*call, scope);
  const Density* density = call == nullptr ? nullptr : find_density(call->callee.name);
  if (density == nullptr) throw Error("a distribution is not known");
  Applied applied{std::make_shared<const Density>(*density), {}};
  for (std::size_t i = 0; i < density->parameters.size(); ++i) {
    const ast::Expression* given = nullptr;
    for (std::size_t k = 0; k < call->arguments.size(); ++k) {
      const ast::Argument& argument = call->arguments[k];
      if (argument.name ? argument.name->name == density->parameters[i] : k == i) {
        given = &*argument.value;
      }
    }
    if (given == nullptr) throw Error("`" + density->parameters[i] + "` is missing");
    applied.arguments.push_back(evaluate(*given, scope));
  }
  return applied;
}

Evaluator::Applied Evaluator::apply_wrapper(const ast::Call& call, Scope& scope) {
  const std::string& wrapper = call.callee.name;
  std::map<std::string, Tensor> own;
  std::vector<Density> parts;
  std::vector<Tensor> inner;
  const auto add = [&](const ast::Expression& expression) {
    const Applied part = apply(expression, scope);
    parts.push_back(*part.density);
    inner.insert(inner.end(), part.arguments.begin(), part.arguments.end());
  };
  const bool distribution_first = wrapper == "truncated" || wrapper == "censored";
  for (std::size_t k = 0; k < call.arguments.size(); ++k) {
    const ast::Argument& argument = call.arguments[k];
    if (argument.name) {
      own.emplace(argument.name->name, evaluate(*argument.value, scope));
    } else if (k == 0 && !distribution_first) {
      own.emplace(wrapper == "mixture" ? "weights" : "p", evaluate(*argument.value, scope));
    } else {
      add(*argument.value);
    }
  }
  std::vector<bool> components;
  if (wrapper == "mixture" && parts.size() == 1) {
    for (std::size_t k = 0; k < inner.size(); ++k)
      components.push_back(inner[k].rank() > parts[0].ranks[k]);
  }
  Applied applied;
  applied.density = std::make_shared<const Density>(
      wrap(wrapper, own.contains("lower"), own.contains("upper"), parts, components));
  for (const char* name : {"lower", "upper", "p", "weights"}) {
    if (own.contains(name)) applied.arguments.push_back(own.at(name));
  }
  applied.arguments.insert(applied.arguments.end(), inner.begin(), inner.end());
  return applied;
}

Tensor Evaluator::of_distribution(const std::string& function, const ast::Call& call,
                                  Scope& scope) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Applied applied = apply(*call.arguments.at(0).value, scope);
  const Tensor from = evaluate(*call.arguments.at(1).value, scope);
  const Tensor to =
      function == "log_probability" ? evaluate(*call.arguments.at(2).value, scope) : from;
  // The integral stands in for the density, at a value that only carries the upper end.
  Density integral = *applied.density;
  integral.ranks.push_back(0);
  integral.parameters.emplace_back("from");
  integral.log_density = [&](const Tensor& upper, const std::vector<Tensor>& all) {
    const std::vector<Tensor> parameters(all.begin(), all.end() - 1);
    if (function == "quantile") return quantile(*applied.density, parameters, upper.item());
    const double a =
        function == "log_probability" || function == "log_ccdf" ? all.back().item() : -infinity;
    const double b = function == "log_ccdf" ? infinity : upper.item();
    const double chance = probability(*applied.density, parameters, a, b);
    return function == "cdf" ? chance : std::log(chance);
  };
  std::vector<Tensor> arguments = applied.arguments;
  arguments.push_back(from);
  return log_densities_together(integral, to, arguments);
}

}  // namespace vippl::reference
