#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/broadcast.h"
#include "runtime/elementwise_operation.h"
#include "runtime/interpreter.h"
#include "runtime/mixture_density.h"
#include "runtime/quantile_operation.h"
#include "runtime/rearrange.h"
#include "runtime/wrapper_kernels.h"

// Distributions made of distributions, and functions of distributions: each is put together from
// the log densities and log tail probabilities of the parts, as a script could do by hand.

namespace vippl::runtime {

namespace {

using lang::Element;
using lang::Wrapper;

constexpr double infinity = std::numeric_limits<double>::infinity();

bool is_discrete(const Application& application) {
  return application.distribution->facts.support.is_discrete();
}

bool any_latent(std::span<const Value* const> values) {
  return std::any_of(values.begin(), values.end(), [](const Value* v) { return v->is_latent(); });
}

// The weights of a mixture stand one vector per row: what is left is the shape of the rows.
Value rows_of_weights(const Application& mixture) {
  Value shape_only;
  shape_only.shape = mixture.parameters[0].shape;
  shape_only.shape.pop_back();
  return shape_only;
}

// The largest whole number below each element: P(X >= a) of counts is P(X > before(a)).
Value before(const Value& bound) {
  Elements elements;
  for (Index i = 0; i < bound.count(); ++i) elements.push_back(std::ceil(bound[i]) - 1);
  return bound.is_scalar() ? Value::number(elements[0])
                           : Value::tensor(bound.shape, std::move(elements));
}

// The same bound, where it does not lie beyond what the distribution has anyway.
Value within(const Value& bound, const lang::Bound& own, bool is_lower) {
  if (bound.is_latent() || own.kind != lang::Bound::Kind::constant) return bound;
  const auto narrow = [&](double x) {
    return is_lower ? std::max(x, own.value) : std::min(x, own.value);
  };
  if (bound.is_scalar()) return Value::number(narrow(bound[0]));
  Elements elements;
  for (Index i = 0; i < bound.count(); ++i) elements.push_back(narrow(bound[i]));
  return Value::tensor(bound.shape, std::move(elements));
}

}  // namespace

// Rows that meet a latent are cut to the minibatch.
lang::Shape Interpreter::cut_if(bool latent, const lang::Shape& shape) const {
  return latent ? recorder_.cut(shape) : shape;
}

// Component k of an argument of mixture(weights, D); what has no dimension for the components is
// the same for all.
Value Interpreter::component(const Value& argument, std::size_t event_rank, Index k, Index count,
                             lang::Span span) {
  lang::Shape shape = argument.is_latent() ? recorder_.cut(argument.shape) : argument.shape;
  if (shape.size() <= event_rank) return argument;
  const std::size_t axis = shape.size() - event_rank - 1;
  const Index extent = shape[axis].extent();
  if (extent != count && extent != 1) {
    fail("shape-mismatch", span,
         fmt::format("this argument has {} components where the weights have {}", extent, count),
         "the components run along the last dimension of the arguments");
  }
  const Index chosen = extent == 1 ? 0 : k;
  Index before_axis = 1;
  Index after_axis = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (d < axis) before_axis *= shape[d].extent();
    if (d > axis) after_axis *= shape[d].extent();
  }
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  const Value* input = &argument;
  if (before_axis == 1) {
    return recorder_.apply(make_slice(chosen * after_axis, after_axis), {&input, 1}, shape,
                           argument.element, span);
  }
  std::vector<std::int32_t> index;
  index.reserve(static_cast<std::size_t>(before_axis * after_axis));
  for (Index i = 0; i < before_axis; ++i)
    for (Index j = 0; j < after_axis; ++j)
      index.push_back(static_cast<std::int32_t>((i * extent + chosen) * after_axis + j));
  return recorder_.apply(make_gather(std::move(index)), {&input, 1}, shape, argument.element, span);
}

// Component k of a distribution whose arguments have a dimension for the components.
Application Interpreter::component(const Application& all, Index k, Index count) {
  const lang::Signature& facts = all.distribution->facts;
  Application own = all;
  own.wrapped = nullptr;
  if (all.wrapped != nullptr) own.parameters.resize(all.wrapped->signature.offset(0));
  own.spans.resize(own.parameters.size());
  for (std::size_t i = 0; i < own.parameters.size(); ++i) {
    own.parameters[i] = component(all.parameters[i], lang::dimensions(facts.parameters[i].shape), k,
                                  count, all.spans[i]);
  }
  if (all.wrapped == nullptr) return own;
  std::vector<Application> parts;
  for (const Application& part : all.wrapped->parts) parts.push_back(component(part, k, count));
  return wrap(all.wrapped->wrapper, std::move(own), std::move(parts), all.wrapped->has_lower,
              all.wrapped->has_upper);
}

// `own` has the parameters of the wrapper itself.
Application Interpreter::wrap(Wrapper wrapper, Application own, std::vector<Application> parts,
                              bool has_lower, bool has_upper) {
  for (const Application& part : parts) {
    own.parameters.insert(own.parameters.end(), part.parameters.begin(), part.parameters.end());
    own.spans.insert(own.spans.end(), part.spans.begin(), part.spans.end());
  }
  own.wrapped = std::make_shared<const Wrapped>(wrapper, has_lower, has_upper, std::move(parts));
  own.distribution = &own.wrapped->distribution;
  return own;
}

// Bounds of readings that leave nothing between them; those that depend on latents are judged draw
// by draw.
void Interpreter::check_order(const Value& lower, const Value& upper, lang::Span span) const {
  if (lower.is_latent() || upper.is_latent()) return;
  const auto both = lang::broadcast(lower.shape, upper.shape);
  if (!both) return;
  const std::vector<Index> full = extents(*both);
  const Broadcast of_lower = make_broadcast(extents(lower.shape), full);
  const Broadcast of_upper = make_broadcast(extents(upper.shape), full);
  for (Index i = 0; i < lang::element_count(*both); ++i) {
    const double a = lower[of_lower[i]], b = upper[of_upper[i]];
    if (!(a > b)) continue;
    fail("empty-support", span,
         fmt::format("`censored` clamps element {} to what lies between {} and {}, which is "
                     "nothing",
                     i + 1, a, b),
         "the lower bound comes first");
  }
}

Application Interpreter::apply_wrapper(Wrapper wrapper, const lang::ast::Call& call,
                                       lang::Span span) {
  auto read = lang::read_wrapper(wrapper, call, span);
  if (auto* diagnostic = std::get_if<lang::Diagnostic>(&read))
    throw lang::ModelError(std::move(*diagnostic));
  const lang::WrapperCall& parsed = std::get<lang::WrapperCall>(read);
  Application application;
  application.span = span;
  const auto own = [&](const lang::ast::Expression* expression) {
    if (expression == nullptr) return;
    application.parameters.push_back(evaluate(*expression));
    application.spans.push_back(expression->span);
    if (application.parameters.back().element == Element::text)
      fail("not-a-number", expression->span, "a distribution's arguments are numbers");
  };
  own(parsed.weights);
  own(parsed.p);
  own(parsed.lower);
  own(parsed.upper);
  std::vector<Application> parts;
  for (const lang::ast::Expression* distribution : parsed.distributions)
    parts.push_back(apply(*distribution));

  if (wrapper == Wrapper::mixture) {
    const Value& weights = application.parameters[0];
    if (weights.is_scalar() || weights.shape.back().extent() == 0) {
      fail("wrong-wrapping", application.spans[0],
           "the weights of a mixture are a vector, one number per component",
           "write: mixture([p, 1 - p], D1, D2)");
    }
    if (parts.size() == 1) {
      const Application all = std::move(parts[0]);
      parts.clear();
      const Index count = weights.shape.back().extent();
      for (Index k = 0; k < count; ++k) parts.push_back(component(all, k, count));
    } else if (weights.shape.back().extent() != static_cast<std::int64_t>(parts.size())) {
      fail("shape-mismatch", application.spans[0],
           fmt::format("there are {} weights for {} distributions", weights.shape.back().extent(),
                       parts.size()));
    }
  }
  std::vector<const lang::Signature*> signatures;
  for (const Application& part : parts) signatures.push_back(&part.distribution->facts);
  if (const auto problem = lang::check_parts(wrapper, signatures))
    fail("wrong-wrapping", span, problem->message, problem->hint);
  std::size_t next = 0;
  const auto narrow = [&](const lang::ast::Expression* written, const lang::Bound& bound,
                          bool is_lower) {
    if (written == nullptr) return;
    Value& given = application.parameters[next++];
    if (is_discrete(parts[0]) && given.is_latent()) {
      fail("wrong-wrapping", written->span,
           "the bounds of a distribution of whole numbers must be fixed");
    }
    if (wrapper == Wrapper::truncated) given = within(given, bound, is_lower);
  };
  if (wrapper == Wrapper::censored && parsed.lower != nullptr && parsed.upper != nullptr)
    check_order(application.parameters[0], application.parameters[1], span);
  narrow(parsed.lower, parts[0].distribution->facts.support.lower, true);
  narrow(parsed.upper, parts[0].distribution->facts.support.upper, false);
  return wrap(wrapper, std::move(application), std::move(parts), parsed.lower != nullptr,
              parsed.upper != nullptr);
}

Value Interpreter::elementwise(std::string_view name, ScalarKernel kernel,
                               std::span<const Value* const> inputs, const lang::Shape& rows,
                               bool summed, lang::Span span, DensityForm form) {
  const auto cut = [&, latent = any_latent(inputs)](const lang::Shape& shape) {
    return cut_if(latent, shape);
  };
  const lang::Shape result = cut(rows);
  const std::vector<Index> full = extents(result);
  std::vector<ElementwiseInput> arguments;
  for (const Value* input : inputs) {
    const lang::Shape shape = cut(input->shape);
    arguments.push_back(
        {make_broadcast(extents(shape), full), lang::element_count(shape), !input->is_latent()});
  }
  const Index count = lang::element_count(result);
  return recorder_.apply(make_elementwise(name, kernel, std::move(arguments), count, summed, form),
                         inputs, summed ? lang::Shape{} : result, Element::real, span);
}

std::shared_ptr<const Operation> Interpreter::make_elementwise(std::string_view name,
                                                               ScalarKernel kernel,
                                                               std::vector<ElementwiseInput> inputs,
                                                               Index size, bool summed,
                                                               DensityForm form) {
  const auto make = [&]() -> std::shared_ptr<const Operation> {
    if (summed)
      return std::make_shared<const SummedElementwise>(name, kernel, std::move(inputs), size, form);
    return std::make_shared<const ElementwiseOperation>(name, kernel, std::move(inputs), size,
                                                        form);
  };
  std::uint32_t fixed = 0;
  bool is_single = size == 1;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    is_single = is_single && inputs[k].size == 1;
    if (inputs[k].fixed) fixed |= 1U << k;
  }
  if (!is_single) return make();
  std::shared_ptr<const Operation>& known = scalar_kernels_[{kernel, fixed, summed}];
  if (!known) known = make();
  return known;
}

lang::Shape Interpreter::joined(const lang::Shape& shape, std::span<const Value* const> values,
                                lang::Span span) {
  lang::Shape result = shape;
  for (const Value* value : values) {
    const auto both = lang::broadcast(result, value->shape);
    if (!both) {
      fail("shape-mismatch", span,
           fmt::format("shapes {} and {} do not fit together", lang::text(result),
                       lang::text(value->shape)));
    }
    result = *both;
  }
  return result;
}

Value Interpreter::mix(const Value& weights, std::span<const Value> densities, lang::Shape rows,
                       bool summed, lang::Span span) {
  std::vector<const Value*> inputs = {&weights};
  for (const Value& density : densities) inputs.push_back(&density);
  const auto cut = [&, latent = any_latent(inputs)](const lang::Shape& shape) {
    return cut_if(latent, shape);
  };
  rows = cut(rows);
  const std::vector<Index> full = extents(rows);
  lang::Shape weight_rows = cut(weights.shape);
  weight_rows.pop_back();
  MixtureShape shape{
      lang::element_count(rows), make_broadcast(extents(weight_rows), full), {}, summed};
  for (const Value& density : densities)
    shape.components.push_back(make_broadcast(extents(cut(density.shape)), full));
  return recorder_.apply(make_mixture_density(std::move(shape)), inputs,
                         summed ? lang::Shape{} : rows, Element::real, span);
}

Value Interpreter::wrapped_density(const Application& application, const Value& value, bool summed,
                                   lang::Span span) {
  const Wrapped& wrapped = *application.wrapped;
  const Application& first = wrapped.parts[0];
  const std::string_view name = lang::text(wrapped.wrapper);
  const std::size_t rank = lang::event_rank(application.distribution->facts);
  lang::Shape rows = value.shape;
  rows.resize(rows.size() - std::min(rank, rows.size()), lang::Size::unknown());
  const auto shaped = [&](std::span<const Value* const> inputs) {
    const lang::Shape all = joined(rows, inputs, application.span);
    if (summed && !lang::same(all, rows)) {
      fail("shape-mismatch", application.span,
           fmt::format("the arguments of `{}` give shape {}, which does not fit a value of shape "
                       "{}",
                       application.distribution->facts.name, lang::text(all),
                       lang::text(value.shape)),
           "arguments are stretched to the value on the left, never the other way");
    }
    return all;
  };
  switch (wrapped.wrapper) {
    case Wrapper::mixture: {
      std::vector<Value> densities;
      std::vector<const Value*> inputs;
      for (const Application& part : wrapped.parts)
        densities.push_back(log_density(part, value, false, span));
      for (const Value& density : densities) inputs.push_back(&density);
      const Value weight_rows = rows_of_weights(application);
      inputs.push_back(&weight_rows);
      return mix(application.parameters[0], densities, shaped(inputs), summed, application.span);
    }
    case Wrapper::truncated: {
      const Bounds bounds = bounds_of(application);
      const Value density = log_density(first, value, summed, span);
      const Interval tails = interval(
          first, is_discrete(first) && wrapped.has_lower ? before(bounds.lower) : bounds.lower,
          bounds.upper, application.span);
      const Value* inputs[] = {&value,           &bounds.lower,    &bounds.upper,
                               &tails.cdf_lower, &tails.cdf_upper, &tails.ccdf_lower,
                               &tails.ccdf_upper};
      const Value norm =
          elementwise(name, &truncation_kernel, inputs, shaped(inputs), summed, application.span);
      return arithmetic(lang::ast::BinaryOperator::add, density, norm, application.span);
    }
    case Wrapper::censored: {
      const Bounds bounds = bounds_of(application);
      const Value density = log_density(first, value, false, span);
      const Value none = Value::number(-infinity);
      const Value below = wrapped.has_lower ? tail(first, bounds.lower, true, span) : none;
      const Value above =
          wrapped.has_upper
              ? tail(first, is_discrete(first) ? before(bounds.upper) : bounds.upper, false, span)
              : none;
      const Value* inputs[] = {&value, &bounds.lower, &bounds.upper, &density, &below, &above};
      return elementwise(name, &censored_kernel, inputs, shaped(inputs), summed, application.span);
    }
    case Wrapper::zero_inflated: {
      const Value density = log_density(first, value, false, span);
      const Value* inputs[] = {&value, &application.parameters[0], &density};
      return elementwise(name, &zero_inflated_kernel, inputs, shaped(inputs), summed,
                         application.span);
    }
    case Wrapper::hurdle: {
      const Value density = log_density(first, value, false, span);
      const Value at_zero =
          log_density(first, Value::number(0, Element::integer), false, application.span);
      const Value* inputs[] = {&value, &application.parameters[0], &density, &at_zero};
      return elementwise(name, &hurdle_kernel, inputs, shaped(inputs), summed, application.span);
    }
  }
  VIPPL_ASSERT(false, "every wrapper has a density");
}

Interpreter::Bounds Interpreter::bounds_of(const Application& application) const {
  Bounds bounds = {Value::number(-infinity), Value::number(infinity)};
  std::size_t next = 0;
  if (application.wrapped->has_lower) bounds.lower = application.parameters[next++];
  if (application.wrapped->has_upper) bounds.upper = application.parameters[next];
  return bounds;
}

// The log tail probabilities at both ends of an interval.
Interpreter::Interval Interpreter::interval(const Application& application, const Value& lower,
                                            const Value& upper, lang::Span span) {
  return {tail(application, lower, true, span), tail(application, upper, true, span),
          tail(application, lower, false, span), tail(application, upper, false, span)};
}

Value Interpreter::tail(const Application& application, const Value& y, bool lower,
                        lang::Span span) {
  const bool infinite = !y.is_latent() && y.is_scalar() && std::isinf(y[0]);
  if (infinite) return Value::number((y[0] < 0) == lower ? -infinity : 0);
  if (application.wrapped != nullptr) {
    VIPPL_ASSERT(application.wrapped->wrapper == Wrapper::mixture, "no other wrapper has tails");
    std::vector<Value> tails;
    std::vector<const Value*> inputs;
    for (const Application& part : application.wrapped->parts)
      tails.push_back(tail(part, y, lower, span));
    for (const Value& each : tails) inputs.push_back(&each);
    const Value weight_rows = rows_of_weights(application);
    inputs.push_back(&weight_rows);
    return mix(application.parameters[0], tails, joined(y.shape, inputs, span), false, span);
  }
  std::vector<const Value*> inputs = {&y};
  for (const Value& parameter : application.parameters) inputs.push_back(&parameter);
  const Distribution& distribution = *application.distribution;
  return elementwise(lower ? "log_cdf" : "log_ccdf",
                     lower ? distribution.log_cdf : distribution.log_ccdf, inputs,
                     joined({}, inputs, span), false, span);
}

Value Interpreter::of_distribution(lang::DistributionFunction function, const lang::ast::Call& node,
                                   lang::Span span) {
  using lang::DistributionFunction;
  const std::size_t count = lang::argument_count(function);
  if (node.arguments.size() != count) {
    fail("wrong-argument-count", span,
         fmt::format("`{}` takes {} arguments, got {}", node.callee.name, count,
                     node.arguments.size()),
         std::string(lang::form(function)));
  }
  const Application application = apply(*node.arguments[0].value);
  const Value x = evaluate(*node.arguments[1].value);
  if (function == DistributionFunction::log_density)
    return log_density(application, x, false, span);
  const lang::Signature& facts = application.distribution->facts;
  const bool known = function == DistributionFunction::quantile
                         ? application.distribution->quantile != nullptr
                         : facts.has_cdf;
  if (!known) {
    fail("no-cdf", node.arguments[0].value->span,
         fmt::format("the {} of `{}` is not known",
                     function == DistributionFunction::quantile ? "quantile function" : "cdf",
                     facts.name));
  }
  switch (function) {
    case DistributionFunction::log_cdf:
      return tail(application, x, true, span);
    case DistributionFunction::log_ccdf:
      return tail(application, x, false, span);
    case DistributionFunction::cdf: {
      const Value log_cdf = tail(application, x, true, span);
      const Value* inputs[] = {&log_cdf};
      return elementwise("exp", &exp_kernel, inputs, log_cdf.shape, false, span);
    }
    case DistributionFunction::log_probability: {
      const Value upper = evaluate(*node.arguments[2].value);
      const Interval tails = interval(application, x, upper, span);
      const Value* inputs[] = {&tails.cdf_lower, &tails.cdf_upper, &tails.ccdf_lower,
                               &tails.ccdf_upper};
      return elementwise("log_probability", &log_interval_kernel, inputs, joined({}, inputs, span),
                         false, span);
    }
    case DistributionFunction::quantile: {
      std::vector<const Value*> inputs = {&x};
      for (const Value& parameter : application.parameters) inputs.push_back(&parameter);
      const bool latent = any_latent(inputs);
      const lang::Shape shape = cut_if(latent, joined({}, inputs, span));
      std::vector<Broadcast> broadcasts;
      std::vector<Index> sizes;
      for (const Value* input : inputs) {
        const lang::Shape own = cut_if(latent, input->shape);
        broadcasts.push_back(make_broadcast(extents(own), extents(shape)));
        sizes.push_back(lang::element_count(own));
      }
      return recorder_.apply(make_quantile_of(*application.distribution, std::move(broadcasts),
                                              std::move(sizes), lang::element_count(shape)),
                             inputs, shape,
                             is_discrete(application) ? Element::integer : Element::real, span);
    }
    case DistributionFunction::log_density:
      break;
  }
  VIPPL_ASSERT(false, "every function of a distribution is evaluated");
}

}  // namespace vippl::runtime
