#include <fmt/format.h>

#include <algorithm>

#include "lang/match.h"
#include "runtime/deep_stack.h"
#include "runtime/interpreter.h"

namespace vippl::runtime {

namespace {

// Depth to which functions may call themselves (language.md section 9).
constexpr std::size_t max_call_depth = 10'000;

lang::ArgumentType argument_type(const Value& value, lang::Shape shape) {
  lang::ArgumentType type;
  type.given = true;
  type.element = value.element;
  type.shape = std::move(shape);
  type.fixed = !value.is_latent();
  const bool is_known = type.fixed && !value.differs_by_turn();
  if (is_known && value.is_scalar() && value.element != lang::Element::text) {
    type.value = value.scalar;
    if (value.size) type.size = *value.size;
  }
  return type;
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

}  // namespace

Value Interpreter::evaluate(const lang::ast::Call& node, lang::Span span) {
  const std::string& name = node.callee.name;
  if (const Variable* variable = find(name); variable != nullptr) {
    if (variable->function != nullptr) return call(*variable->function, node, span);
    if (!variable->built_in.empty()) {
      const std::string built_in = variable->built_in;
      return call(*program_.registry->function(built_in), node, span);
    }
  }
  if (const auto function = functions_.find(name); function != functions_.end()) {
    return call(*function->second, node, span);
  }
  if (name == "is_missing") return is_missing(node, span);
  if (const auto dynamics = lang::find_dynamics(name)) {
    if (is_together()) throw TurnByTurn();
    return evaluate(*dynamics, node, span);
  }
  if (const auto function = lang::distribution_function(node, *program_.registry))
    return of_distribution(*function, node, span);
  if (const Function* function = program_.registry->function(name))
    return call(*function, node, span);
  fail("unknown-function", node.callee.span, fmt::format("there is no function `{}`", name));
}

void Interpreter::enter(const lang::ast::Identifier& name,
                        const std::vector<lang::ast::Parameter>& parameters,
                        const lang::ast::Call& node, lang::Span span, std::string prefix) {
  // Arguments are evaluated in the caller's frame; defaults, at the end, in the callee's.
  std::vector<const lang::ast::Argument*> given(parameters.size(), nullptr);
  std::size_t next = 0;
  for (const lang::ast::Argument& argument : node.arguments) {
    std::size_t k = next;
    if (argument.name) {
      const auto found = std::find_if(
          parameters.begin(), parameters.end(),
          [&](const lang::ast::Parameter& p) { return p.name.name == argument.name->name; });
      if (found == parameters.end()) {
        fail("unknown-argument", argument.name->span,
             fmt::format("`{}` has no parameter `{}`", name.name, argument.name->name));
      }
      k = static_cast<std::size_t>(found - parameters.begin());
    } else {
      ++next;
    }
    if (k >= given.size()) {
      fail("wrong-argument-count", span,
           fmt::format("`{}` takes {} arguments, got {}", name.name, parameters.size(),
                       node.arguments.size()));
    }
    given[k] = &argument;
  }
  std::vector<Variable> arguments(parameters.size());
  for (std::size_t k = 0; k < given.size(); ++k) {
    if (given[k] == nullptr) continue;
    const lang::ast::Expression& expression = *given[k]->value;
    const auto* passed = std::get_if<lang::ast::Name>(&expression.node);
    const Variable* variable = passed == nullptr ? nullptr : find(passed->name);
    if (variable != nullptr && (variable->function != nullptr || !variable->built_in.empty())) {
      arguments[k] = *variable;
    } else if (passed != nullptr && variable == nullptr && functions_.count(passed->name) != 0) {
      arguments[k].function = functions_.at(passed->name);
    } else if (passed != nullptr && variable == nullptr &&
               program_.registry->function(passed->name) != nullptr) {
      arguments[k].built_in = passed->name;
    } else {
      arguments[k].value = evaluate(expression);
    }
  }

  frame_base_ = locals_.size();
  prefix_ = std::move(prefix);
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    const lang::ast::Parameter& parameter = parameters[k];
    if (given[k] == nullptr) {
      if (!parameter.start) {
        fail("wrong-argument-count", span,
             fmt::format("`{}` needs an argument for `{}`", name.name, parameter.name.name));
      }
      arguments[k].value = evaluate(*parameter.start);
    }
    if (parameter.type && arguments[k].function == nullptr && arguments[k].built_in.empty()) {
      check_type(*parameter.type, arguments[k].value,
                 given[k] == nullptr ? span : given[k]->value->span);
    }
    arguments[k].turn_level = turn_levels_.size();
    locals_.push_back({&parameter.name.name, std::move(arguments[k])});
  }
}

Value Interpreter::call(const lang::ast::Function& function, const lang::ast::Call& node,
                        lang::Span span) {
  const Restore restore(*this);
  if (++call_depth_ > max_call_depth || is_deep_stack_used_up()) {
    fail("recursion-too-deep", span,
         fmt::format("`{}` calls itself more than {} times; does its recursion end?",
                     function.name.name, max_call_depth));
  }
  enter(function.name, function.parameters, node, span, "");
  returned_.reset();
  const Flow flow = execute(function.body);
  if (flow != Flow::returned) {
    fail("missing-return", function.name.span,
         fmt::format("`{}` ends without `return`", function.name.name));
  }
  Value result = std::move(*returned_);
  returned_.reset();
  if (function.result) check_type(*function.result, result, span);
  return result;
}

Value Interpreter::call(const Function& function, const lang::ast::Call& node, lang::Span span) {
  const lang::Signature& facts = function.facts;
  auto bound = lang::bind(facts, node, span);
  if (auto* diagnostic = std::get_if<lang::Diagnostic>(&bound))
    throw lang::ModelError(std::move(*diagnostic));
  const auto& binding = std::get<lang::Binding>(bound);

  // The call's arguments in order: those of a variadic first parameter, then one per parameter.
  struct Argument {
    const lang::ast::Argument* syntax;
    const lang::Parameter* parameter;
    Value value;
  };
  std::vector<Argument> arguments;
  for (const lang::ast::Argument* argument : binding.rest)
    arguments.push_back({argument, &facts.parameters[0], {}});
  for (std::size_t k = facts.variadic ? 1 : 0; k < facts.parameters.size(); ++k) {
    arguments.push_back({binding.arguments[k], &facts.parameters[k], {}});
  }
  bool latent = false;
  bool by_turn = false;
  for (Argument& argument : arguments) {
    if (argument.syntax != nullptr) {
      argument.value = evaluate(*argument.syntax->value);
      if (argument.value.is_latent() && argument.parameter->setting) {
        fail("latent-setting", argument.syntax->value->span,
             fmt::format("`{}` of `{}` must be fixed, this depends on a latent",
                         argument.parameter->name, facts.name));
      }
      latent = latent || argument.value.is_latent();
      by_turn = by_turn || argument.value.differs_by_turn();
      if (argument.value.differs_by_turn() && argument.parameter->setting) throw TurnByTurn();
    } else if (argument.parameter->start) {
      argument.value = Value::number(*argument.parameter->start);
      const double start = argument.value.scalar;
      if (argument.parameter->support.is_discrete() ||
          start == static_cast<double>(static_cast<std::int64_t>(start))) {
        argument.value.element = lang::Element::integer;
      }
    }
  }
  if (latent && facts.fixed_only) {
    fail("argument-mismatch", span,
         fmt::format("`{}` has no derivative and takes fixed values only", facts.name));
  }

  std::vector<lang::ArgumentType> types;
  std::vector<CallArgument> call_arguments;
  std::vector<const Value*> inputs;
  for (const Argument& argument : arguments) {
    const bool given = argument.syntax != nullptr || argument.parameter->start.has_value();
    if (!given) {
      types.emplace_back();
      call_arguments.emplace_back();
      continue;
    }
    lang::Shape shape = latent ? recorder_.cut(argument.value.shape) : argument.value.shape;
    CallArgument call_argument;
    call_argument.extents = extents(shape);
    call_argument.shape = shape;
    // The operation is made for one turn, before it is known which: nothing may hang on the values.
    const bool differs = argument.value.differs_by_turn();
    call_argument.data = differs ? argument.value.turns->data() : argument.value.data();
    call_argument.size = lang::element_count(shape);
    call_argument.fixed = !argument.value.is_latent() && !differs;
    if (argument.value.text) call_argument.text = *argument.value.text;
    call_arguments.push_back(std::move(call_argument));
    types.push_back(argument_type(argument.value, std::move(shape)));
    if (!argument.parameter->setting) inputs.push_back(&argument.value);
  }
  auto inferred = lang::infer(facts, types);
  const auto span_of = [&](std::optional<std::size_t> k) {
    return k && *k < arguments.size() && arguments[*k].syntax != nullptr
               ? arguments[*k].syntax->value->span
               : span;
  };
  if (const auto* mismatch = std::get_if<lang::Mismatch>(&inferred)) {
    fail("argument-mismatch", span_of(mismatch->parameter), mismatch->message, facts.text());
  }
  auto& result = std::get<lang::ResultType>(inferred);
  // An int that stands for a size (rows(X)) is known without looking at the values, latent or not;
  // in a minibatch it is that of all rows.
  if (result.size && latent && recorder_.plate()) {
    for (lang::ArgumentType& type : types) {
      for (lang::Size& size : type.shape) {
        if (recorder_.plate_axis({size})) size = size.with_value(recorder_.plate()->rows);
      }
    }
    inferred = lang::infer(facts, types);
  }
  if (auto& known = std::get<lang::ResultType>(inferred); known.size && known.size->value()) {
    return Value::sized(*known.size);
  }
  const bool measured = std::any_of(result.shape.begin(), result.shape.end(),
                                    [](const lang::Size& size) { return !size.value(); });
  if (measured && by_turn) throw TurnByTurn();
  if (measured && function.measure != nullptr) result.shape = function.measure(call_arguments);

  if (latent && recorder_.plate() && facts.result != "...") {
    const bool by_axis = std::any_of(arguments.begin(), arguments.end(), [](const Argument& a) {
      return a.parameter->name == "axis" && a.syntax != nullptr;
    });
    for (std::size_t k = 0; k < arguments.size(); ++k) {
      const std::optional<std::size_t> axis = recorder_.plate_axis(types[k].shape);
      if (!axis) continue;
      const bool keeps_rows = recorder_.plate_axis(result.shape) &&
                              (by_axis || starts_with(arguments[k].parameter->shape, "...,"));
      const bool cumulates = keeps_rows && by_axis && result.shape.size() == types[k].shape.size();
      if (!keeps_rows || cumulates) refuse_mixing_rows(fmt::format("`{}`", facts.name), span);
    }
  }
  try {
    std::shared_ptr<const Operation> operation = function.make(call_arguments, result.shape);
    Value value = recorder_.apply(operation, inputs, result.shape, result.element, span);
    if (!latent && !inputs.empty()) {
      warn_of_jitter(*operation, *inputs[0], span);
      if (!measured) freeze(function, *operation, inputs, value, span);
    }
    return value;
  } catch (const ArgumentError& error) {
    fail("argument-mismatch", span_of(error.argument()), error.what(), facts.text());
  }
}

}  // namespace vippl::runtime
