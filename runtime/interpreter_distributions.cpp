#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/broadcast.h"
#include "runtime/elementwise_operation.h"
#include "runtime/event_density.h"
#include "runtime/interpreter.h"
#include "runtime/rearrange.h"

namespace vippl::runtime {

namespace {

// What an event of this distribution looks like at the end of a shape, and how many rows stand
// before it.
lang::Shape leading(const lang::Shape& shape, std::size_t event_rank) {
  return lang::Shape(shape.begin(),
                     shape.end() - static_cast<std::ptrdiff_t>(std::min(event_rank, shape.size())));
}
lang::Shape trailing(const lang::Shape& shape, std::size_t event_rank) {
  return lang::Shape(shape.end() - static_cast<std::ptrdiff_t>(std::min(event_rank, shape.size())),
                     shape.end());
}

// Dimensions of one event of a parameter: the commas of its pattern, plus one if it is not empty.
std::size_t rank_of(std::string_view pattern) {
  if (pattern.empty() || pattern == "...") return 0;
  return static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), ',')) + 1;
}

}  // namespace

Application Interpreter::apply(const lang::ast::Expression& expression) {
  const auto* node = std::get_if<lang::ast::Call>(&expression.node);
  if (node == nullptr) {
    fail("distribution-expected", expression.span, "a distribution was expected here",
         "as in normal(0, 1)");
  }
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
    fail("wrong-argument",
         mismatch->parameter ? application.spans[*mismatch->parameter] : application.span,
         mismatch->message, application.distribution->facts.text());
  }
  return std::get<lang::ResultType>(inferred).shape;
}

Value Interpreter::broadcast_to(const Value& value, const lang::Shape& shape, lang::Span span) {
  if (lang::same(value.shape, shape) && value.shape.size() == shape.size()) return value;
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
  for (std::size_t k = 0; k < facts.parameters.size(); ++k) {
    const Value& parameter = application.parameters[k];
    if (parameter.is_latent()) continue;
    for (Index i = 0; i < parameter.count(); ++i) {
      if (lang::contains(facts.parameters[k].support, parameter[i])) continue;
      const std::string where = parameter.is_scalar() ? "" : fmt::format(" (element {})", i + 1);
      fail("argument-outside-support", application.spans[k],
           fmt::format("`{}` of `{}` must be {}, this is {}{}", facts.parameters[k].name,
                       facts.name, lang::text(facts.parameters[k].support), parameter[i], where));
    }
  }
  if (value == nullptr || value->is_latent() || !facts.support.is_scalar()) return;
  const auto bound_at = [&](const lang::Bound& bound, Index i, double otherwise) {
    if (bound.kind == lang::Bound::Kind::parameter_size) {
      const Value& parameter = application.parameters[static_cast<std::size_t>(bound.value)];
      return parameter.shape.empty() ? otherwise
                                     : static_cast<double>(parameter.shape.back().extent());
    }
    if (bound.kind != lang::Bound::Kind::parameter) return otherwise;
    const Value& parameter = application.parameters[static_cast<std::size_t>(bound.value)];
    if (parameter.is_latent()) return otherwise;
    if (parameter.is_scalar()) return parameter.scalar;
    return parameter.count() == value->count() ? parameter[i] : otherwise;
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < value->count(); ++i) {
    const double x = (*value)[i];
    const bool inside = lang::contains(facts.support, x) &&
                        !(x < bound_at(facts.support.lower, i, -infinity)) &&
                        !(x > bound_at(facts.support.upper, i, infinity)) && !std::isnan(x);
    if (inside) continue;
    const std::string where = value->is_scalar() ? "" : fmt::format("element {} of ", i + 1);
    fail("data-outside-support", value_span,
         fmt::format("{}this value is {}, which `{}` cannot produce", where, x, facts.name),
         fmt::format("`{}` is a distribution of {}", facts.name, lang::text(facts.support)));
  }
}

Value Interpreter::log_density(const Application& application, const Value& value, bool summed,
                               lang::Span span) {
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
  lang::Shape rows = leading(cut(value.shape), rank);
  const auto parameter_rank = [&](std::size_t k) { return rank_of(facts.parameters[k].shape); };
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
    if (!summed) rows = *joined;
  }
  std::vector<const Value*> inputs = {&value};
  for (const Value& parameter : application.parameters) inputs.push_back(&parameter);

  if (distribution.kernel != nullptr) {
    const std::vector<Index> full = extents(rows);
    std::vector<ElementwiseInput> arguments;
    for (const Value* input : inputs) {
      const lang::Shape shape = cut(input->shape);
      arguments.push_back(
          {make_broadcast(extents(shape), full), lang::element_count(shape), !input->is_latent()});
    }
    const Index count = lang::element_count(rows);
    if (summed) {
      return recorder_.apply(std::make_shared<const SummedElementwise>(
                                 facts.name, distribution.kernel, std::move(arguments), count),
                             inputs, {}, lang::Element::real, application.span);
    }
    return recorder_.apply(std::make_shared<const ElementwiseOperation>(
                               facts.name, distribution.kernel, std::move(arguments), count),
                           inputs, rows, lang::Element::real, application.span);
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
    lang::Shape own_event = trailing(input.shape, event_dimensions);
    // A scalar where a vector is asked for is repeated.
    if (own_event.size() < event_dimensions) own_event = event;
    EventInput argument;
    argument.extents = extents(own_event);
    argument.shared = input.shape.size() <= event_dimensions || row_count == 1;
    lang::Shape target = argument.shared ? lang::Shape{} : rows;
    target.insert(target.end(), own_event.begin(), own_event.end());
    const bool fits = lang::same(cut(input.shape), target) ||
                      lang::element_count(cut(input.shape)) == lang::element_count(target);
    prepared.push_back(fits ? input : broadcast_to(input, target, application.span));
    arguments.push_back(std::move(argument));
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = &prepared[k];
  return recorder_.apply(make_event_density(distribution, row_count, std::move(arguments), summed),
                         inputs, summed ? lang::Shape{} : rows, lang::Element::real,
                         application.span);
}

Value Interpreter::draw(const Application& application, lang::Shape shape, lang::Span span) {
  const Distribution& distribution = *application.distribution;
  const lang::Signature& facts = distribution.facts;
  if (distribution.sample == nullptr) {
    fail("no-sampler", application.span,
         fmt::format("`{}` is improper: nothing can be drawn from it", facts.name));
  }
  const std::size_t rank = lang::event_rank(facts);
  const lang::Shape rows = leading(shape, rank);
  const lang::Shape event = trailing(shape, rank);
  std::vector<Value> prepared;
  std::vector<EventInput> parameters;
  std::vector<const Value*> inputs;
  for (std::size_t k = 0; k < application.parameters.size(); ++k) {
    const Value& parameter = application.parameters[k];
    const std::size_t dimensions = rank_of(facts.parameters[k].shape);
    lang::Shape own_event = trailing(parameter.shape, dimensions);
    if (own_event.size() < dimensions) own_event = event;
    lang::Shape target = rows;
    target.insert(target.end(), own_event.begin(), own_event.end());
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
      make_generate(distribution, lang::element_count(rows), lang::element_count(event),
                    std::move(parameters), generate_count_++),
      inputs, shape, element, span);
}

}  // namespace vippl::runtime
