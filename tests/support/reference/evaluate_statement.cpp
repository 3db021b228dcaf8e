#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lang/match.h"
#include "tests/support/reference/binding.h"
#include "tests/support/reference/evaluate.h"
#include "tests/support/reference/evaluator.h"

namespace vippl::reference {

namespace ast = lang::ast;

Result evaluate(const ast::Script& script, const runtime::DataSet& data,
                const std::map<std::string, Tensor>& latents) {
  return Evaluator(data, latents).run(script);
}

Value* Scope::find(const std::string& name) {
  const auto found = values_.find(name);
  if (found != values_.end()) return &found->second;
  return outer_ == nullptr ? nullptr : outer_->find(name);
}

Evaluator::Evaluator(const runtime::DataSet& data, const std::map<std::string, Tensor>& latents)
    : data_(data), latents_(latents), frame_{&globals_} {}

Result Evaluator::run(const ast::Script& script) {
  run(script.statements, globals_);
  for (const Term& term : result_.terms) result_.log_joint += term.value;
  return result_;
}

Evaluator::Returned Evaluator::run(const ast::Block& block, Scope& scope) {
  for (const ast::Statement& statement : block) {
    if (Returned returned = run(statement, scope)) return returned;
  }
  return std::nullopt;
}

Evaluator::Returned Evaluator::run(const ast::Statement& statement, Scope& scope) {
  const auto refuse = [](const char* what) -> Returned {
    throw Error(std::string(what) + " is not evaluated here");
  };
  return lang::match(
      statement.node,
      [&](const ast::Data& data) -> Returned {
        const Names names = {
            [&](const std::string& name) { return scope.find(name) != nullptr; },
            [&](const std::string& name, std::size_t extent) {
              scope.define(name, scalar(static_cast<double>(extent), Tensor::Kind::integer));
            },
            [&](const ast::Expression& expression) { return evaluate(expression, scope); }};
        const Tensor value = bind_data(data, data_, names);
        if (data.type.optional) optional_[data.name.name] = value;
        scope.define(data.name.name, value);
        return std::nullopt;
      },
      [&](const ast::Let& let) -> Returned {
        const Tensor value = evaluate(let.value, scope);
        bind_type(let.type, value, scope);
        scope.define(let.name.name, value);
        return std::nullopt;
      },
      [&](const ast::Derive& derived) -> Returned {
        derive(derived, scope);
        return std::nullopt;
      },
      [&](const ast::Var& var) -> Returned {
        declare(var, scope);
        return std::nullopt;
      },
      [&](const ast::Assign& assignment) -> Returned {
        assign(assignment, scope);
        return std::nullopt;
      },
      [&](const ast::Sample& sampled) -> Returned {
        sample(sampled, statement.span, scope);
        return std::nullopt;
      },
      [&](const ast::Observe& observed) -> Returned {
        observe(observed, statement.span, scope);
        return std::nullopt;
      },
      [&](const ast::Factor& factor) -> Returned {
        add_term(statement.span, evaluate(factor.value, scope));
        return std::nullopt;
      },
      [&](const ast::If& branch) { return run(branch, scope); },
      [&](const ast::For& loop) { return run(loop, scope); },
      [&](const ast::While& loop) { return run(loop, scope); },
      [&](const ast::Return& result) -> Returned { return evaluate(result.value, scope); },
      [&](const ast::Function& function) -> Returned {
        functions_[function.name.name] = &function;
        return std::nullopt;
      },
      [&](const ast::Generate& generated) -> Returned {
        result_.drawn.insert(generated.target.name);
        return std::nullopt;
      },
      [&](const ast::Param&) { return refuse("param"); },
      [&](const ast::Model& model) -> Returned {
        models_[model.name.name] = &model;
        return std::nullopt;
      },
      [&](const ast::Guide&) { return refuse("guide"); },
      [&](const ast::Import&) { return refuse("import"); },
      [&](const ast::Evaluate&) { return refuse("an expression"); });
}

Evaluator::Returned Evaluator::run(const ast::If& statement, Scope& scope) {
  Scope inner(&scope);
  return run(
      evaluate(statement.condition, scope).item() != 0 ? statement.accepted : statement.rejected,
      inner);
}

Evaluator::Returned Evaluator::run(const ast::For& statement, Scope& scope) {
  const Tensor range = evaluate(statement.range, scope);
  for (const double turn : range.values) {
    Scope inner(&scope);
    inner.define(statement.variable.name, scalar(turn, range.kind));
    if (Returned returned = run(statement.body, inner)) return returned;
  }
  return std::nullopt;
}

Evaluator::Returned Evaluator::run(const ast::While& statement, Scope& scope) {
  while (evaluate(statement.condition, scope).item() != 0) {
    Scope inner(&scope);
    if (Returned returned = run(statement.body, inner)) return returned;
  }
  return std::nullopt;
}

namespace {

Tensor::Kind kind_of(const std::string& element) {
  if (element == "int") return Tensor::Kind::integer;
  return element == "bool" ? Tensor::Kind::boolean : Tensor::Kind::real;
}

}  // namespace

void Evaluator::declare(const ast::Var& statement, Scope& scope) {
  if (statement.value) {
    const Tensor value = evaluate(*statement.value, scope);
    bind_type(statement.type, value, scope);
    return scope.define(statement.name.name, value);
  }
  Shape shape;
  for (const ast::Expression& extent : statement.type->shape) {
    shape.push_back(evaluate(extent, scope).extent());
  }
  Tensor value = filled(shape, std::numeric_limits<double>::quiet_NaN());
  value.kind = kind_of(statement.type->element.name);
  scope.define(statement.name.name, value);
}

void Evaluator::derive(const ast::Derive& statement, Scope& scope) {
  try {
    const Tensor value = evaluate(statement.value, scope);
    bind_type(statement.type, value, scope);
    define_in_script(statement.name.name, value);
    result_.derived[frame_.prefix + statement.name.name] = value;
  } catch (const NeedsDraw&) {
    result_.drawn.insert(statement.name.name);
  }
}

void Evaluator::assign(const ast::Assign& statement, Scope& scope) {
  Value* slot = scope.find(statement.name.name);
  if (slot == nullptr || !std::holds_alternative<Tensor>(*slot)) {
    throw Error("`" + statement.name.name + "` is no var");
  }
  const Selection selection =
      select(std::get<Tensor>(*slot).shape, evaluate_places(statement.places, scope));
  const Tensor given = stretch(evaluate(statement.value, scope), selection.shape);
  Tensor& target = std::get<Tensor>(*slot);
  target.kind = std::max(target.kind, given.kind);
  for (std::size_t i = 0; i < selection.elements.size(); ++i) {
    double& element = target.values[selection.elements[i]];
    switch (statement.op) {
      case ast::AssignmentOperator::set:
        element = given.values[i];
        break;
      case ast::AssignmentOperator::add:
        element += given.values[i];
        break;
      case ast::AssignmentOperator::subtract:
        element -= given.values[i];
        break;
      case ast::AssignmentOperator::multiply:
        element *= given.values[i];
        break;
      case ast::AssignmentOperator::divide:
        element /= given.values[i];
        target.kind = Tensor::Kind::real;
        break;
    }
  }
}

void Evaluator::define_in_script(const std::string& name, const Tensor& value) {
  frame_.scope->define(name, value);
  frame_.names.push_back(name);
}

void Evaluator::sample_model(const ast::Sample& statement, const ast::Model& model, Scope& scope) {
  const std::string& name = statement.target.name;
  Scope inside(&globals_);
  bind_parameters(model.parameters, std::get<ast::Call>(statement.distribution->node), scope,
                  inside);
  Frame outer = std::exchange(frame_, {&inside, frame_.prefix + name + "."});
  const Returned returned = run(model.body, inside);
  if (!returned) throw Error("`" + model.name.name + "` returned nothing");
  const Frame inner = std::exchange(frame_, std::move(outer));
  for (const std::string& part : inner.names) {
    define_in_script(name + "." + part, std::get<Tensor>(*inside.find(part)));
  }
  define_in_script(name, *returned);
  result_.derived[frame_.prefix + name] = *returned;
}

void Evaluator::observe(const ast::Observe& statement, lang::Span span, Scope& scope) {
  Tensor value = evaluate(statement.value, scope);
  const auto* name = std::get_if<ast::Name>(&statement.value.node);
  if (name != nullptr && optional_.contains(name->name)) {
    std::size_t next = 0;
    for (double& element : value.values) {
      if (!std::isnan(element)) continue;
      element = latents_.at(name->name).values.at(next++);
    }
    globals_.define(name->name, value);
  }
  const Applied applied = apply(statement.distribution, scope);
  add_term(span, log_densities(*applied.density, value, applied.arguments));
}

void Evaluator::sample(const ast::Sample& statement, lang::Span span, Scope& scope) {
  const auto* call =
      statement.distribution ? std::get_if<ast::Call>(&statement.distribution->node) : nullptr;
  if (call != nullptr && models_.contains(call->callee.name)) {
    return sample_model(statement, *models_.at(call->callee.name), scope);
  }
  const std::string name = frame_.prefix + statement.target.name;
  const auto latent = latents_.find(name);
  if (latent == latents_.end()) throw Error("no value for `" + name + "`");
  if (statement.target.places.empty()) bind_type(statement.type, latent->second, scope);
  define_in_script(statement.target.name, latent->second);
  if (!statement.distribution) return;
  const Selection selection =
      select(latent->second.shape, evaluate_places(statement.target.places, scope));
  const Applied applied = apply(*statement.distribution, scope);
  add_term(span,
           log_densities(*applied.density, pick(latent->second, selection), applied.arguments));
}

void Evaluator::add_term(lang::Span statement, const Tensor& log_densities) {
  const auto same = [&](const Term& term) { return term.statement == statement; };
  auto term = std::find_if(result_.terms.begin(), result_.terms.end(), same);
  if (term == result_.terms.end()) term = result_.terms.insert(term, {statement, 0});
  for (const double value : log_densities.values) term->value += value;
}

void Evaluator::bind_type(const std::optional<ast::Type>& type, const Tensor& value, Scope& scope) {
  if (!type) return;
  const std::string& element = type->element.name;
  const bool is_square = element.starts_with("corr") || element.starts_with("cov");
  std::vector<const ast::Expression*> sizes;
  for (const ast::Expression& size : type->shape) sizes.push_back(&size);
  if (is_square) sizes.push_back(&type->shape.back());
  if (sizes.size() != value.rank()) throw Error("a type does not fit " + text(value.shape));
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    const auto* name = std::get_if<ast::Name>(&sizes[d]->node);
    if (name != nullptr && scope.find(name->name) == nullptr) {
      scope.define(name->name, scalar(static_cast<double>(value.shape[d]), Tensor::Kind::integer));
    } else if (evaluate(*sizes[d], scope).extent() != value.shape[d]) {
      throw Error("a type does not fit " + text(value.shape));
    }
  }
}

}  // namespace vippl::reference
