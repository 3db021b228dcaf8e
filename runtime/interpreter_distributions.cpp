#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lang/support_text.h"
#include "runtime/bad_places.h"
#include "runtime/broadcast.h"
#include "runtime/elementwise_operation.h"
#include "runtime/event_density.h"
#include "runtime/event_rows.h"
#include "runtime/event_support.h"
#include "runtime/interpreter.h"
#include "runtime/rearrange.h"

namespace vippl::runtime {

namespace {

std::span<const double> elements_of_all_turns(const Value& value) {
  if (value.differs_by_turn()) return *value.turns;
  return {value.data(), static_cast<std::size_t>(value.count())};
}

}  // namespace

Application Interpreter::apply(const lang::ast::Expression& expression) {
  const auto* node = std::get_if<lang::ast::Call>(&expression.node);
  if (node == nullptr) {
    fail("not-a-distribution", expression.span, "a distribution was expected here",
         "as in normal(0, 1)");
  }
  if (const auto wrapper = lang::find_wrapper(node->callee.name))
    return apply_wrapper(*wrapper, *node, expression.span);
  Application application;
  application.span = expression.span;
  application.distribution = program_.registry->distribution(node->callee.name);
  if (application.distribution == nullptr) {
    fail("unknown-distribution", node->callee.span,
         fmt::format("there is no distribution `{}`", node->callee.name));
  }
  const lang::Signature& facts = application.distribution->facts;
  auto bound = lang::bind(facts, *node, expression.span);
  if (auto* diagnostic = std::get_if<lang::Diagnostic>(&bound))
    throw lang::ModelError(std::move(*diagnostic));
  const auto& binding = std::get<lang::Binding>(bound);
  for (std::size_t k = 0; k < facts.parameters.size(); ++k) {
    const lang::ast::Argument* argument = binding.arguments[k];
    if (argument == nullptr) {
      application.parameters.push_back(Value::number(facts.parameters[k].start.value_or(0)));
      application.spans.push_back(expression.span);
      continue;
    }
    application.parameters.push_back(evaluate(*argument->value));
    application.spans.push_back(argument->value->span);
    if (application.parameters.back().element == lang::Element::text) {
      fail("not-a-number", argument->value->span, "a distribution's arguments are numbers");
    }
  }
  return application;
}

lang::Shape Interpreter::value_shape(const Application& application) {
  std::vector<lang::ArgumentType> types;
  for (const Value& value : application.parameters) {
    lang::ArgumentType type;
    type.given = true;
    type.element = value.element;
    type.shape = value.shape;
    type.fixed = !value.is_latent();
    types.push_back(std::move(type));
  }
  auto inferred = lang::infer_value(application.distribution->facts, types);
  if (const auto* mismatch = std::get_if<lang::Mismatch>(&inferred)) {
    fail("argument-mismatch",
         mismatch->parameter ? application.spans[*mismatch->parameter] : application.span,
         mismatch->message, application.distribution->facts.text());
  }
  return std::get<lang::ResultType>(inferred).shape;
}

Value Interpreter::broadcast_to(const Value& value, const lang::Shape& shape, lang::Span span) {
  if (value.shape.size() == shape.size() && lang::same(value.shape, shape)) return value;
  const std::optional<lang::Shape> joined = lang::broadcast(shape, value.shape);
  if (!joined || joined->size() != shape.size() || !lang::same(*joined, shape)) {
    fail("shape-mismatch", span,
         fmt::format("a value of shape {} cannot be stretched to {}", lang::text(value.shape),
                     lang::text(shape)));
  }
  const Broadcast broadcast = make_broadcast(extents(value.shape), extents(shape));
  std::vector<std::int32_t> index(static_cast<std::size_t>(lang::element_count(shape)));
  for (std::size_t i = 0; i < index.size(); ++i)
    index[i] = static_cast<std::int32_t>(broadcast[static_cast<Index>(i)]);
  const Value* input = &value;
  return recorder_.apply(make_gather(std::move(index)), {&input, 1}, shape, value.element, span);
}

void Interpreter::check_fixed(const Application& application, const Value* value,
                              lang::Span value_span) {
  const lang::Signature& facts = application.distribution->facts;
  const auto first_event = [](lang::Support::Kind kind, const Value& checked, std::size_t rank) {
    // A scalar is repeated, and a matrix that is not square is reported with the other sizes.
    const lang::Shape event = trailing(checked.shape, rank);
    const bool fits = rank > 0 && event.size() == rank &&
                      lang::compare(event.front(), event.back()) == lang::Size::Comparison::equal;
    if (!fits) return std::optional<EventProblem>{};
    return first_outside(kind, event.back().extent(), elements_of_all_turns(checked));
  };
  const auto number_of = [](const Value& checked, std::size_t rank, Index event) {
    return checked.shape.size() > rank ? fmt::format(" (number {})", event + 1) : std::string();
  };
  for (std::size_t k = 0; k < facts.parameters.size(); ++k) {
    const lang::Parameter& asked = facts.parameters[k];
    const Value& parameter = application.parameters[k];
    if (parameter.is_latent()) continue;
    if (!asked.support.is_scalar()) {
      const std::size_t rank = lang::dimensions(asked.shape);
      if (const auto outside = first_event(asked.support.kind, parameter, rank)) {
        fail("argument-outside-support", application.spans[k],
             fmt::format("`{}` of `{}` must be {}, but {}{}", asked.name, facts.name,
                         lang::text(asked.support, facts.parameters), outside->problem,
                         number_of(parameter, rank, outside->event)));
      }
      continue;
    }
    const std::span<const double> elements = elements_of_all_turns(parameter);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (lang::contains(asked.support, elements[i])) continue;
      const std::string where = parameter.is_scalar() ? "" : fmt::format(" (element {})", i + 1);
      fail("argument-outside-support", application.spans[k],
           fmt::format("`{}` of `{}` must be {}, this is {}{}", asked.name, facts.name,
                       lang::text(asked.support, facts.parameters), shown(elements[i]), where));
    }
  }
  if (value == nullptr || value->is_latent()) return;
  if (value->count() == 0 && at_top_level()) {
    result_.warnings.push_back(
        lang::warning("no-rows", value_span,
                      fmt::format("`{}` has no rows: nothing is observed by this statement",
                                  sources()[value_span.source].slice(value_span))));
  }
  const auto place_of = [&](Index i) -> std::string {
    std::string place = place_in_data(*value, i);
    if (!place.empty()) return place;
    return value->is_scalar() ? "this value" : fmt::format("element {} of this value", i + 1);
  };
  if (!facts.support.is_scalar()) {
    const std::size_t rank = lang::event_rank(facts);
    if (const auto outside = first_event(facts.support.kind, *value, rank)) {
      const Index entries = event_entries(facts.support.kind, value->shape.back().extent());
      fail("data-outside-support", value_span,
           fmt::format("`{}` cannot produce this value: {}{} (from {})", facts.name,
                       outside->problem, number_of(*value, rank, outside->event),
                       place_of(outside->event * entries)),
           fmt::format("`{}` is a distribution of {}", facts.name,
                       lang::text(facts.support, facts.parameters)));
    }
    return;
  }
  // How the parameter that is the bound stands under the value; nothing if it is none, or latent.
  const auto bound_by = [&](const lang::Bound& bound) -> std::optional<Broadcast> {
    if (bound.kind != lang::Bound::Kind::parameter) return std::nullopt;
    const Value& parameter = application.parameters[static_cast<std::size_t>(bound.value)];
    const std::optional<lang::Shape> joined = lang::broadcast(value->shape, parameter.shape);
    const bool fits =
        joined && joined->size() == value->shape.size() && lang::same(*joined, value->shape);
    if (parameter.is_latent() || !fits) return std::nullopt;
    if (parameter.differs_by_turn() && !value->differs_by_turn()) throw TurnByTurn();
    return make_broadcast(extents(parameter.shape), extents(value->shape));
  };
  const std::optional<Broadcast> lower = bound_by(facts.support.lower);
  const std::optional<Broadcast> upper = bound_by(facts.support.upper);
  const auto bound_at = [&](const lang::Bound& bound, const std::optional<Broadcast>& under,
                            Index turn, Index i, double otherwise) {
    if (bound.kind == lang::Bound::Kind::parameter_size) {
      const Value& parameter = application.parameters[static_cast<std::size_t>(bound.value)];
      return parameter.shape.empty() ? otherwise
                                     : static_cast<double>(parameter.shape.back().extent());
    }
    if (!under) return otherwise;
    const Value& parameter = application.parameters[static_cast<std::size_t>(bound.value)];
    if (!parameter.differs_by_turn()) return parameter[(*under)[i]];
    return (*parameter.turns)[static_cast<std::size_t>(turn * parameter.count() + (*under)[i])];
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::span<const double> elements = elements_of_all_turns(*value);
  const Index count = value->count();
  for (std::size_t e = 0; e < elements.size(); ++e) {
    const double x = elements[e];
    const Index turn = static_cast<Index>(e) / count;
    const Index i = static_cast<Index>(e) % count;
    const bool inside = lang::contains(facts.support, x) &&
                        !(x < bound_at(facts.support.lower, lower, turn, i, -infinity)) &&
                        !(x > bound_at(facts.support.upper, upper, turn, i, infinity));
    if (inside || (std::isnan(x) && may_be_missing(*value))) continue;
    fail("data-outside-support", value_span,
         fmt::format("{} is {}, which `{}` cannot produce", place_of(i), shown(x), facts.name),
         fmt::format("`{}` is a distribution of {}", facts.name,
                     lang::text(facts.support, facts.parameters)));
  }
}

// What only run time knows of sizes (that of a mask, say): the events of the value and of all
// arguments must agree.
void Interpreter::check_events(const Application& application, const lang::Shape& value) {
  const lang::Signature& facts = application.distribution->facts;
  if (application.distribution->event_density == nullptr) return;
  const std::size_t rank = lang::event_rank(facts);
  const lang::Shape event = trailing(value, rank);
  if (const auto wrong = lang::fit_value(facts, trailing(value_shape(application), rank), event)) {
    fail("shape-mismatch", application.span, *wrong, facts.text());
  }
  if (recorder_.plate_axis(event))
    refuse_mixing_rows(fmt::format("`{}`", facts.name), application.span);
}

Value Interpreter::log_density(const Application& application, const Value& value, bool summed,
                               lang::Span span) {
  if (application.wrapped != nullptr) return wrapped_density(application, value, summed, span);
  const Distribution& distribution = *application.distribution;
  const lang::Signature& facts = distribution.facts;
  const bool latent =
      value.is_latent() || std::any_of(application.parameters.begin(), application.parameters.end(),
                                       [](const Value& p) { return p.is_latent(); });
  const auto cut = [&](const lang::Shape& shape) { return latent ? recorder_.cut(shape) : shape; };
  const std::size_t rank = lang::event_rank(facts);
  if (value.shape.size() < rank) {
    fail("shape-mismatch", span,
         fmt::format("`{}` is a distribution of {} but the value has shape {}", facts.name,
                     rank == 1 ? "vectors" : "matrices", lang::text(value.shape)));
  }
  check_events(application, value.shape);
  lang::Shape rows = leading(cut(value.shape), rank);
  lang::Shape all_rows = leading(value.shape, rank);  // before they are cut to the minibatch
  const auto parameter_rank = [&](std::size_t k) {
    return lang::dimensions(facts.parameters[k].shape);
  };
  for (std::size_t k = 0; k < application.parameters.size(); ++k) {
    const lang::Shape parameter = leading(cut(application.parameters[k].shape), parameter_rank(k));
    const std::optional<lang::Shape> joined = lang::broadcast(rows, parameter);
    // With `~`, arguments broadcast to the value, never the other way.
    if (!joined || (summed && joined->size() > rows.size()) ||
        (summed && !lang::same(*joined, rows))) {
      lang::Diagnostic diagnostic = lang::error(
          "shape-mismatch", application.spans[k],
          fmt::format("`{}` of `{}` has shape {}, which does not fit a value of shape {}",
                      facts.parameters[k].name, facts.name,
                      lang::text(application.parameters[k].shape), lang::text(value.shape)),
          "arguments are stretched to the value on the left, never the other way");
      diagnostic.notes.push_back(
          {span, fmt::format("the value has shape {}", lang::text(value.shape))});
      throw lang::ModelError(std::move(diagnostic));
    }
    if (summed) continue;
    rows = *joined;
    if (const auto all =
            lang::broadcast(all_rows, leading(application.parameters[k].shape, parameter_rank(k))))
      all_rows = *all;
  }
  std::vector<const Value*> inputs = {&value};
  for (const Value& parameter : application.parameters) inputs.push_back(&parameter);

  if (distribution.kernel != nullptr) {
    return elementwise(facts.name, distribution.kernel, inputs, rows, summed, application.span,
                       distribution.form);
  }

  // Vectors and matrices: every argument is brought to either one event for all rows, or one per
  // row.
  const Index row_count = lang::element_count(rows);
  const lang::Shape event = trailing(value.shape, rank);
  std::vector<Value> prepared;
  std::vector<EventInput> arguments;
  prepared.reserve(inputs.size());
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const Value& input = *inputs[k];
    const std::size_t event_dimensions = k == 0 ? rank : parameter_rank(k - 1);
    const lang::Shape own_event = argument_event(input.shape, event_dimensions, event);
    EventInput argument;
    argument.extents = extents(own_event);
    argument.shared = input.shape.size() <= event_dimensions || row_count == 1;
    const lang::Shape target = for_rows(argument.shared ? lang::Shape{} : rows, own_event);
    const bool fits = lang::same(cut(input.shape), target) ||
                      lang::element_count(cut(input.shape)) == lang::element_count(target);
    if (fits) {
      prepared.push_back(input);
    } else {
      // What is fixed is stretched to all rows, of which the recorder then takes the batch.
      const lang::Shape& stretched = input.is_latent() ? rows : all_rows;
      prepared.push_back(
          broadcast_to(input, for_rows(argument.shared ? lang::Shape{} : stretched, own_event),
                       application.span));
    }
    arguments.push_back(std::move(argument));
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = &prepared[k];
  std::vector<EventArgument> known;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const bool is_known =
        arguments[k].shared && !inputs[k]->is_latent() && !inputs[k]->differs_by_turn();
    known.push_back({is_known ? inputs[k]->data() : nullptr, nullptr, 0, arguments[k].extents});
  }
  return recorder_.apply(make_event_density(distribution, row_count, std::move(arguments), summed,
                                            program_.prepared.get(distribution, known)),
                         inputs, summed ? lang::Shape{} : rows, lang::Element::real,
                         application.span);
}

Value Interpreter::draw(const Application& application, lang::Shape shape, lang::Span span) {
  const lang::Signature& facts = application.distribution->facts;
  Sampler sampler = make_sampler(application);
  if (!sampler) {
    fail("no-sampler", application.span,
         fmt::format("`{}` is improper: nothing can be drawn from it", facts.name),
         "generate from a proper distribution, such as normal(0, 1)");
  }
  const std::size_t rank = lang::event_rank(facts);
  check_events(application, shape);
  const lang::Shape rows = leading(shape, rank);
  const lang::Shape event = trailing(shape, rank);
  std::vector<Value> prepared;
  std::vector<EventInput> parameters;
  std::vector<const Value*> inputs;
  for (std::size_t k = 0; k < application.parameters.size(); ++k) {
    const Value& parameter = application.parameters[k];
    const lang::Shape own_event =
        argument_event(parameter.shape, lang::dimensions(facts.parameters[k].shape), event);
    const lang::Shape target = for_rows(rows, own_event);
    const std::optional<lang::Shape> joined = lang::broadcast(target, parameter.shape);
    if (!joined || joined->size() != target.size()) {
      fail("shape-mismatch", application.spans[k],
           fmt::format("`{}` of `{}` has shape {}, which does not fit a value of shape {}",
                       facts.parameters[k].name, facts.name, lang::text(parameter.shape),
                       lang::text(shape)));
    }
    EventInput input;
    input.extents = extents(own_event);
    input.shared = parameter.is_scalar() && own_event.empty();
    prepared.push_back(input.shared ? parameter : broadcast_to(parameter, target, span));
    parameters.push_back(std::move(input));
  }
  // Even a draw from fixed arguments differs from draw to draw, so it is recorded: a latent input
  // keeps it on the tape.
  Value anchor = recorder_.input(0, {}, {lang::Size::number(0)});
  inputs.reserve(prepared.size() + 1);
  for (const Value& parameter : prepared) inputs.push_back(&parameter);
  inputs.push_back(&anchor);
  const lang::Element element =
      facts.support.is_discrete() ? lang::Element::integer : lang::Element::real;
  return recorder_.apply(
      make_generate(std::move(sampler), lang::element_count(rows), lang::element_count(event),
                    std::move(parameters), generate_count_++),
      inputs, shape, element, span);
}

}  // namespace vippl::runtime
