#include <fmt/format.h>

#include <algorithm>

#include "lang/match.h"
#include "runtime/interpreter.h"
#include "runtime/operators.h"
#include "runtime/rearrange.h"

namespace vippl::runtime {

namespace {

// A `while` that depends on latents may not run longer (language.md section 6).
constexpr std::size_t max_turns = 10'000'000;

lang::ast::BinaryOperator operator_of(lang::ast::AssignmentOperator op) {
  switch (op) {
    case lang::ast::AssignmentOperator::add:
      return lang::ast::BinaryOperator::add;
    case lang::ast::AssignmentOperator::subtract:
      return lang::ast::BinaryOperator::subtract;
    case lang::ast::AssignmentOperator::multiply:
      return lang::ast::BinaryOperator::multiply;
    case lang::ast::AssignmentOperator::divide:
    case lang::ast::AssignmentOperator::set:
      break;
  }
  return lang::ast::BinaryOperator::divide;
}

// Statements that keep nothing from turn to turn and name nothing by its turn.
bool may_be_together(const lang::ast::Statement& statement) {
  return lang::match(
      statement.node, [](const lang::ast::Let&) { return true; },
      [](const lang::ast::Observe&) { return true; }, [](const lang::ast::Factor&) { return true; },
      [](const lang::ast::If&) { return true; }, [](const lang::ast::For&) { return true; },
      [](const lang::ast::Return&) { return true; },
      [](const lang::ast::Evaluate&) { return true; }, [](const auto&) { return false; });
}

}  // namespace

Interpreter::Flow Interpreter::execute(const lang::ast::Block& block) {
  const Restore restore(*this);
  ++block_depth_;
  for (const lang::ast::Statement& statement : block) {
    if (execute(statement) == Flow::returned) return Flow::returned;
  }
  return Flow::next;
}

Interpreter::Flow Interpreter::execute(const lang::ast::Statement& statement) {
  const lang::Span span = statement.span;
  if (is_together() && !may_be_together(statement)) throw TurnByTurn();
  const auto refuse = [&](std::string_view what, std::string hint) -> Flow {
    fail("not-supported", span, fmt::format("{} cannot be evaluated by this version", what),
         std::move(hint));
  };
  return lang::match(
      statement.node, [&](const lang::ast::Data& node) { return execute(node), Flow::next; },
      [&](const lang::ast::Let& node) { return execute(node), Flow::next; },
      [&](const lang::ast::Var& node) { return execute(node, span), Flow::next; },
      [&](const lang::ast::Assign& node) { return execute(node, span), Flow::next; },
      [&](const lang::ast::Sample& node) { return execute(node, span), Flow::next; },
      [&](const lang::ast::Observe& node) { return execute(node, span), Flow::next; },
      [&](const lang::ast::Factor& node) { return execute(node, span), Flow::next; },
      [&](const lang::ast::Derive& node) { return execute(node, span), Flow::next; },
      [&](const lang::ast::Generate& node) { return execute(node, span), Flow::next; },
      [&](const lang::ast::If& node) { return execute(node, span); },
      [&](const lang::ast::For& node) { return execute(node, span); },
      [&](const lang::ast::While& node) { return execute(node, span); },
      [&](const lang::ast::Return& node) {
        returned_ = evaluate(node.value);
        return Flow::returned;
      },
      [&](const lang::ast::Function&) { return Flow::next; },
      [&](const lang::ast::Import&) { return Flow::next; },
      [&](const lang::ast::Evaluate& node) { return evaluate(node.value), Flow::next; },
      [&](const lang::ast::Param&) {
        return refuse("`param`", "the guide is generated: leave the block out");
      },
      [&](const lang::ast::Model&) { return Flow::next; },
      [&](const lang::ast::Guide&) {
        return refuse("a `guide` block", "the guide is generated: leave the block out");
      });
}

bool Interpreter::decide(const Value& condition, lang::Span span) {
  if (condition.differs_by_turn() || (is_together() && condition.is_latent())) throw TurnByTurn();
  if (!condition.is_scalar() || condition.element == lang::Element::real ||
      condition.element == lang::Element::text) {
    fail("not-a-condition", span,
         fmt::format("a condition is a single bool, this is {}{}", lang::text(condition.element),
                     lang::text(condition.shape)),
         "any(c) and all(c) make one bool of several; x != 0 makes a bool of a number");
  }
  if (recorder_.is_random(condition)) {
    fail("branch-on-generated", span, "a condition cannot depend on a value that is generated",
         "choose by arithmetic: k * a + (1 - k) * b, where k is 0 or 1");
  }
  if (recorder_.is_inner(condition)) {
    fail("branch-on-state", span,
         "a condition cannot depend on the time or the state of an equation that `ode` solves",
         "write the choice as an expression: `if c then a else b` computes both and takes one");
  }
  if (condition.is_latent()) recorder_.guard(condition, span);
  return condition.scalar != 0;
}

Interpreter::Flow Interpreter::execute(const lang::ast::If& node, lang::Span) {
  const Value condition = evaluate(node.condition);
  if (condition.differs_by_turn()) return execute_by_turn(node, condition);
  const bool chosen = decide(condition, node.condition.span);
  if (condition.is_latent()) ++latent_branches_;
  const lang::ast::Block& block = chosen ? node.accepted : node.rejected;
  Flow flow = Flow::next;
  if (at_top_level()) {
    // Branches of one `if` may define the same name: at top level those names go on after it.
    for (const lang::ast::Statement& statement : block) {
      flow = execute(statement);
      if (flow == Flow::returned) break;
    }
  } else {
    flow = execute(block);
  }
  if (condition.is_latent()) --latent_branches_;
  return flow;
}

Interpreter::Flow Interpreter::execute(const lang::ast::For& node, lang::Span span) {
  if (is_together()) return execute_inner_loop(node);
  const Value values = evaluate(node.range);
  if (values.is_latent() || values.shape.size() != 1 ||
      (values.element != lang::Element::integer && values.element != lang::Element::category)) {
    fail("loop-range", node.range.span, "`for` runs over a range or another fixed int vector");
  }
  const auto* range = std::get_if<lang::ast::Binary>(&node.range.node);
  const auto* first =
      range == nullptr ? nullptr : std::get_if<lang::ast::Number>(&range->left->node);
  Loop loop{&node.variable.name, std::nullopt};
  if (range != nullptr && range->op == lang::ast::BinaryOperator::range && first != nullptr &&
      first->value == 1) {
    loop.size = values.shape.front();
  }
  if (recorder_.plate() && values.shape.front().name() == recorder_.plate()->name) {
    fail("batch-loop", span,
         fmt::format("a loop over the rows of `{}` cannot be cut to a minibatch",
                     recorder_.plate()->name),
         "write it as one statement over arrays, as `observe y ~ normal(a + b * x, s)`, or leave "
         "out --batch");
  }
  if (execute_together(node, values)) return Flow::next;
  const Restore restore(*this);
  const std::size_t mark = locals_.size();
  ++block_depth_;
  const bool is_outermost = loops_.empty();
  const std::size_t first_instruction = recorder_.tape().instructions.size();
  std::vector<NodeId> starts;
  loops_.push_back(loop);
  for (Index i = 0; i < values.count(); ++i) {
    if (is_outermost) starts.push_back(static_cast<NodeId>(recorder_.tape().nodes.size()));
    locals_.push_back({&node.variable.name, {Value::number(values[i], lang::Element::integer)}});
    if (execute(node.body) == Flow::returned) return Flow::returned;
    locals_.resize(mark);
  }
  if (is_outermost) warn_of_length(first_instruction, starts, node.range.span);
  return Flow::next;
}

Interpreter::Flow Interpreter::execute(const lang::ast::While& node, lang::Span span) {
  for (std::size_t turn = 0;; ++turn) {
    const Value condition = evaluate(node.condition);
    if (!decide(condition, node.condition.span)) return Flow::next;
    if (turn == max_turns)
      fail("endless-loop", span, fmt::format("this `while` has run {} times; does it end?", turn));
    if (condition.is_latent()) ++latent_branches_;
    const Flow flow = execute(node.body);
    if (condition.is_latent()) --latent_branches_;
    if (flow == Flow::returned) return flow;
  }
}

void Interpreter::check_type(const lang::ast::Type& type, Value& value, lang::Span span) {
  lang::Shape shape;
  if (type.shape.size() > value.shape.size()) {
    fail("shape-mismatch", span,
         fmt::format("the type asks for {} dimensions, the value has shape {}", type.shape.size(),
                     lang::text(value.shape)));
  }
  const bool is_matrix =
      type.element.name.substr(0, 3) == "cor" || type.element.name.substr(0, 3) == "cov";
  const std::size_t dimensions = type.shape.size() + (is_matrix ? 1 : 0);
  if (dimensions != value.shape.size()) {
    fail("shape-mismatch", span,
         fmt::format("the type asks for {} dimensions, the value has shape {}", dimensions,
                     lang::text(value.shape)));
  }
  for (std::size_t d = 0; d < type.shape.size(); ++d) {
    const lang::ast::Expression& size = type.shape[d];
    if (const auto* name = std::get_if<lang::ast::Name>(&size.node);
        name != nullptr && find(name->name) == nullptr) {
      Variable variable;
      variable.value = Value::sized(value.shape[d]);
      define(name->name, std::move(variable));
      continue;
    }
    if (lang::compare(size_of(size), value.shape[d]) == lang::Size::Comparison::different) {
      fail("shape-mismatch", span,
           fmt::format("dimension {} must be {}, the value has shape {}", d + 1,
                       size_of(size).text(), lang::text(value.shape)));
    }
  }
  if (type.element.name == "int" && value.element == lang::Element::real) {
    fail("type-mismatch", span, "an int was expected, this is a real",
         "round, floor and ceil give ints of fixed values");
  }
  if (type.element.name == "real" && value.element == lang::Element::integer && !value.size) {
    value.element = lang::Element::real;
  }
  if (!value.is_latent() && value.element != lang::Element::text) check_inside(type, value, span);
}

void Interpreter::execute(const lang::ast::Let& node) {
  Variable variable;
  variable.value = evaluate(node.value);
  if (node.type) check_type(*node.type, variable.value, node.value.span);
  define(node.name.name, std::move(variable));
}

void Interpreter::execute(const lang::ast::Var& node, lang::Span) {
  Variable variable;
  variable.is_var = true;
  if (node.value) {
    variable.value = evaluate(*node.value);
    if (node.type) check_type(*node.type, variable.value, node.value->span);
  } else {
    const LatentType type = latent_type(*node.type);
    lang::Element element = node.type->element.name == "int"    ? lang::Element::integer
                            : node.type->element.name == "bool" ? lang::Element::boolean
                                                                : lang::Element::real;
    variable.array = std::make_shared<ElementArray>(type.shape, element);
  }
  define(node.name.name, std::move(variable));
}

void Interpreter::execute(const lang::ast::Assign& node, lang::Span span) {
  Variable* variable = find(node.name.name);
  if (variable == nullptr || !variable->is_var) {
    fail("assignment-to-constant", node.name.span,
         fmt::format("`{}` cannot be assigned to", node.name.name),
         "only a `var` changes its value");
  }
  const lang::Shape& held = variable->array ? variable->array->shape() : variable->value.shape;
  if (!node.places.empty() && recorder_.plate_axis(held)) {
    fail("batch-loop", span,
         fmt::format("`{}` is filled over the rows of `{}`, which a minibatch cuts", node.name.name,
                     recorder_.plate()->name),
         "write it as one expression over arrays, or leave out --batch");
  }
  Value value = evaluate(node.value);
  if (node.places.empty()) {
    if (node.op != lang::ast::AssignmentOperator::set) {
      const Value old = whole(*variable, node.name.name, node.name.span);
      value = arithmetic(operator_of(node.op), old, value, span);
    }
    variable = find(node.name.name);
    const lang::Shape& shape = variable->array ? variable->array->shape() : variable->value.shape;
    if (shape.size() != value.shape.size() || !lang::same(shape, value.shape)) {
      fail("shape-mismatch", span,
           fmt::format("`{}` has shape {}, the value assigned to it {}", node.name.name,
                       lang::text(shape), lang::text(value.shape)));
    }
    variable->array.reset();
    variable->value = std::move(value);
    return;
  }
  const std::vector<PlaceValue> at = places(node.places);
  variable = find(node.name.name);
  if (!variable->array) variable->array = std::make_shared<ElementArray>(variable->value);
  if (variable->array.use_count() > 1)
    variable->array = std::make_shared<ElementArray>(*variable->array);
  auto resolved = resolve(variable->array->shape(), at, span);
  if (const auto* error = std::get_if<SubscriptError>(&resolved)) {
    fail(error->code, error->span, error->message, error->hint);
  }
  const auto& selection = std::get<Selection>(resolved);
  if (node.op != lang::ast::AssignmentOperator::set) {
    for (const std::int32_t position : selection.positions) {
      if (!variable->array->is_assigned(position)) {
        fail("unassigned-element", span,
             fmt::format("this element of `{}` has no value yet", node.name.name));
      }
    }
    const Value old = variable->array->read(selection.positions, selection.shape, recorder_, span);
    value = arithmetic(operator_of(node.op), old, value, span);
  }
  const std::optional<lang::Shape> joined = lang::broadcast(selection.shape, value.shape);
  if (!joined || joined->size() != selection.shape.size() ||
      !lang::same(*joined, selection.shape)) {
    fail("shape-mismatch", span,
         fmt::format("the elements assigned to have shape {}, the value {}",
                     lang::text(selection.shape), lang::text(value.shape)));
  }
  if (!value.is_scalar()) value = broadcast_to(value, selection.shape, span);
  find(node.name.name)->array->assign(selection.positions, value);
}

void Interpreter::execute(const lang::ast::Observe& node, lang::Span span) {
  Value value = evaluate(node.value);
  if (value.is_latent()) {
    fail("observed-latent", node.value.span,
         "`observe` takes fixed values, this depends on a latent",
         "a density of something latent is a factor: factor log_density(normal(0, 1), x)");
  }
  const Application application = apply(node.distribution);
  const Missing* missing = missing_in(node.value);
  const bool is_there = missing == nullptr || !value.is_scalar();
  check_fixed(application, is_there ? &value : nullptr, node.value.span);
  if (missing != nullptr && is_together()) throw TurnByTurn();
  if (missing != nullptr) value = impute(*missing, application, span);
  const Value log_joint =
      sum_of_turns(log_density(application, value, true, node.value.span), span);
  recorder_.term(log_joint, LogTerm::Kind::density, recorder_.plate_axis(value.shape).has_value(),
                 span);
}

void Interpreter::execute(const lang::ast::Factor& node, lang::Span span) {
  const Value value = evaluate(node.value);
  const bool over_rows = recorder_.plate_axis(value.shape).has_value();
  const Value* input = &value;
  const Value total = value.is_scalar()
                          ? value
                          : recorder_.apply(make_sum(), {&input, 1}, {}, lang::Element::real, span);
  recorder_.term(sum_of_turns(total, span), LogTerm::Kind::density, over_rows, span);
}

void Interpreter::execute(const lang::ast::Derive& node, lang::Span span) {
  Variable variable;
  if (recorder_.plate()) {
    // What the log joint does not use is computed after the fit, from all rows, and may mix them.
    const std::size_t guards = recorder_.tape().guards.size();
    try {
      const Restore restore(*this);
      variable.value = evaluate(node.value);
    } catch (const lang::ModelError& error) {
      recorder_.tape().guards.resize(guards);
      variable.unusable = std::make_shared<const lang::Diagnostic>(error.diagnostic());
    }
    define_global(full_name(node.name.name), std::move(variable));
    return;
  }
  variable.value = evaluate(node.value);
  if (node.type) check_type(*node.type, variable.value, node.value.span);
  if (latent_branches_ > 0) {
    fail("misplaced-statement", span,
         "`derive` may not stand under a condition that depends on a latent");
  }
  report(full_name(node.name.name), Quantity::Kind::derived, variable.value);
  define_global(full_name(node.name.name), std::move(variable));
}

void Interpreter::execute(const lang::ast::Generate& node, lang::Span span) {
  if (recorder_.plate()) {
    Variable variable;
    variable.unusable = std::make_shared<const lang::Diagnostic>(
        lang::error("batch-generate", span, "`generate` is drawn after the fit, from all rows"));
    define_global(node.target.name, std::move(variable));
    return;
  }
  if (latent_branches_ > 0) {
    fail("misplaced-statement", span,
         "`generate` may not stand under a condition that depends on a latent");
  }
  if (!node.distribution) {
    const LatentType type = latent_type(*node.type);
    Variable variable;
    variable.array = std::make_shared<ElementArray>(type.shape);
    const std::size_t index = report(node.target.name, Quantity::Kind::generated, Value{});
    result_.reported[index].quantity.shape = extents(type.shape);
    unfinished_.emplace_back(node.target.name, index);
    define_global(node.target.name, std::move(variable));
    return;
  }
  const Application application = apply(*node.distribution);
  check_fixed(application, nullptr, application.span);
  if (node.target.places.empty()) {
    const lang::Shape shape = node.type ? latent_type(*node.type).shape : value_shape(application);
    Variable variable;
    variable.value = draw(application, shape, span);
    report(node.target.name, Quantity::Kind::generated, variable.value);
    define_global(node.target.name, std::move(variable));
    return;
  }
  Variable* variable = find(node.target.name);
  if (variable == nullptr || !variable->array) {
    // Every subscript the variable of an enclosing loop over 1..N: the array declares itself.
    lang::Shape shape = loop_shape(node.target);
    const lang::Shape element = value_shape(application);
    shape.insert(shape.end(), element.begin(), element.end());
    Variable array;
    array.array = std::make_shared<ElementArray>(shape);
    const std::size_t index = report(node.target.name, Quantity::Kind::generated, Value{});
    unfinished_.emplace_back(node.target.name, index);
    define_global(node.target.name, std::move(array));
    variable = find(node.target.name);
  }
  auto resolved = resolve(variable->array->shape(), places(node.target.places), node.target.span);
  if (const auto* error = std::get_if<SubscriptError>(&resolved)) {
    fail(error->code, error->span, error->message, error->hint);
  }
  const auto& selection = std::get<Selection>(resolved);
  const Value value = draw(application, selection.shape, span);
  find(node.target.name)->array->assign(selection.positions, value);
}

std::size_t Interpreter::report(const std::string& name, Quantity::Kind kind, const Value& value) {
  Reported reported;
  reported.quantity.name = name;
  reported.quantity.kind = kind;
  reported.value = value;
  reported.node = value.node;
  if (value.element == lang::Element::boolean) reported.quantity.words = {{"false", "true"}, 0};
  if (value.element == lang::Element::category && value.labels) {
    reported.quantity.words = {*value.labels, 1};
  }
  describe(reported, value.shape);
  result_.reported.push_back(std::move(reported));
  return result_.reported.size() - 1;
}

void Interpreter::describe(Reported& reported, const lang::Shape& shape) const {
  Quantity& quantity = reported.quantity;
  quantity.shape = extents(shape);
  quantity.dimensions.clear();
  quantity.labels.clear();
  for (const lang::Size& size : shape) {
    const std::string name = size.name().value_or("");
    const auto labels = labels_.find(name);
    quantity.dimensions.push_back(name);
    quantity.labels.push_back(labels == labels_.end() ? Labels{} : labels->second);
  }
  quantity.maps.assign(static_cast<std::size_t>(lang::element_count(shape)), ScalarMap{});
}

}  // namespace vippl::runtime
