#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/interpreter.h"
#include "runtime/location_scale.h"
#include "runtime/operators.h"
#include "runtime/rearrange.h"

namespace vippl::runtime {

namespace {

using lang::Bound;
using lang::Support;

struct NamedKind {
  std::string_view name;
  Support::Kind kind;
};
constexpr NamedKind kinds[] = {{"real", Support::Kind::number},
                               {"simplex", Support::Kind::simplex},
                               {"ordered", Support::Kind::ordered},
                               {"positive_ordered", Support::Kind::positive_ordered},
                               {"unit_vector", Support::Kind::unit_vector},
                               {"sum_to_zero", Support::Kind::sum_to_zero},
                               {"corr", Support::Kind::correlation},
                               {"cov", Support::Kind::covariance},
                               {"corr_cholesky", Support::Kind::correlation_cholesky},
                               {"cov_cholesky", Support::Kind::covariance_cholesky}};

bool is_matrix(Support::Kind kind) { return kind >= Support::Kind::correlation; }

std::size_t event_dimensions(Support::Kind kind) {
  if (kind == Support::Kind::number || kind == Support::Kind::whole_number) return 0;
  return is_matrix(kind) ? 2 : 1;
}

TransformShape transform_shape(Support::Kind kind, const lang::Shape& shape) {
  TransformShape result;
  result.kind = kind;
  const std::size_t dimensions = event_dimensions(kind);
  if (dimensions > 0) result.k = shape.back().extent();
  result.count = 1;
  for (std::size_t d = 0; d + dimensions < shape.size(); ++d) result.count *= shape[d].extent();
  return result;
}

BoundForm form(const std::optional<Value>& bound) {
  if (!bound) return BoundForm::none;
  return bound->is_scalar() ? BoundForm::scalar : BoundForm::full;
}

std::span<const double> elements(const std::optional<Value>& bound) {
  if (!bound) return {};
  return {bound->data(), static_cast<std::size_t>(bound->count())};
}

}  // namespace

Interpreter::LatentType Interpreter::latent_type(const lang::ast::Type& type) {
  LatentType result;
  const auto named = std::find_if(std::begin(kinds), std::end(kinds),
                                  [&](const NamedKind& k) { return k.name == type.element.name; });
  if (named != std::end(kinds)) {
    result.kind = named->kind;
  } else if (type.element.name == "int" || type.element.name == "bool") {
    result.kind = Support::Kind::whole_number;
  } else {
    fail("unknown-type", type.element.span,
         fmt::format("there is no type `{}` for a latent", type.element.name));
  }
  for (const lang::ast::Argument& argument : type.arguments) {
    if (!argument.name) continue;
    Value bound = evaluate(*argument.value);
    (argument.name->name == "lower" ? result.lower : result.upper) = std::move(bound);
  }
  for (const lang::ast::Expression& size : type.shape) result.shape.push_back(size_of(size));
  if (event_dimensions(result.kind) > 0 && result.shape.empty()) {
    fail("shape-mismatch", type.span,
         fmt::format("`{}` needs a length, as in {}[k]", type.element.name, type.element.name));
  }
  if (event_dimensions(result.kind) > 0 && result.shape.back().value() == 0 &&
      (result.kind == Support::Kind::simplex || result.kind == Support::Kind::unit_vector)) {
    fail("empty-type", type.span, fmt::format("a `{}` has at least one entry", type.element.name));
  }
  if (is_matrix(result.kind)) result.shape.push_back(result.shape.back());
  return result;
}

void Interpreter::restrict_to(LatentType& type, const Application& application, lang::Span span) {
  const Support& support = application.distribution->facts.support;
  if (support.is_discrete() || type.kind == Support::Kind::whole_number) {
    fail("discrete-latent", span,
         fmt::format("`{}` is discrete: latents without a density cannot be fitted by this version",
                     application.distribution->facts.name),
         "sum it out: observe what depends on it by `mixture(weights, D)`; a chain of them is "
         "`factor hmm_log_density(...)`");
  }
  if (type.kind == Support::Kind::number) type.kind = support.kind;
  const auto bound_of = [&](const Bound& bound) -> std::optional<Value> {
    if (bound.kind == Bound::Kind::constant) return Value::number(bound.value);
    if (bound.kind == Bound::Kind::parameter)
      return application.parameters[static_cast<std::size_t>(bound.value)];
    return std::nullopt;
  };
  // The intersection: the larger lower bound, the smaller upper one.
  const auto meet = [&](std::optional<Value>& own, std::optional<Value> other,
                        lang::ast::BinaryOperator keeps) {
    if (!other) return;
    if (!own) {
      own = std::move(other);
      return;
    }
    const Value keep = arithmetic(keeps, *own, *other, span);
    const Value* inputs[] = {&keep, &*own, &*other};
    own = recorder_.apply(make_choice(extents(keep.shape), extents(own->shape),
                                      extents(other->shape), extents(keep.shape)),
                          inputs, keep.shape, lang::Element::real, span);
  };
  meet(type.lower, bound_of(support.lower), lang::ast::BinaryOperator::greater_equal);
  meet(type.upper, bound_of(support.upper), lang::ast::BinaryOperator::less_equal);
  if (type.kind == Support::Kind::number) return;
  // A constrained vector keeps its own transform; only `ordered` has one that also keeps it
  // positive. What else the distribution excludes has density zero.
  const bool positive =
      type.lower && !type.lower->is_latent() && type.lower->is_scalar() && type.lower->scalar == 0;
  if (type.kind == Support::Kind::ordered && positive) type.kind = Support::Kind::positive_ordered;
  type.lower.reset();
  type.upper.reset();
}

void Interpreter::execute(const lang::ast::Sample& node, lang::Span span) {
  if (latent_branches_ > 0) {
    fail("misplaced-statement", span,
         "`sample` may not stand under a condition that depends on a latent");
  }
  if (call_depth_ > 0)
    fail("sample-in-function", span, "functions are pure: `sample` stands in the script itself");
  if (const lang::ast::Model* model = model_of(node)) {
    sample_model(node, *model, span);
  } else if (!node.distribution) {
    declare(full_name(node.target.name), latent_type(*node.type), true, node.target.name_span);
  } else if (node.target.places.empty()) {
    sample_whole(node, span);
  } else {
    sample_elements(node, span);
  }
}

Interpreter::Latent& Interpreter::declare(const std::string& name, LatentType type,
                                          bool by_elements, lang::Span span) {
  if (latents_.count(name) != 0) {
    fail("sampled-twice", span, fmt::format("`{}` is already sampled", name),
         "each latent has one prior");
  }
  if (recorder_.plate_axis(type.shape)) {
    fail("batch-latent", span,
         fmt::format("`{}` has one value per row of `{}`, and latents over the rows of a minibatch "
                     "are not supported",
                     name, recorder_.plate()->name),
         "leave out --batch");
  }
  Latent latent;
  latent.span = span;
  latent.site = result_.sites.size();
  Site site;
  site.name = name;
  site.shape = extents(type.shape);
  for (const lang::Size& size : type.shape) site.dimensions.push_back(size.name().value_or(""));
  site.offset = static_cast<Index>(result_.point.size());
  site.size = unconstrained_size(transform_shape(type.kind, type.shape));
  result_.point.resize(result_.point.size() + static_cast<std::size_t>(site.size), 0.0);
  result_.sites.push_back(std::move(site));

  latent.reported = result_.reported.size();
  Reported reported;
  reported.quantity.name = name;
  reported.quantity.kind = Quantity::Kind::latent;
  describe(reported, type.shape);
  result_.reported.push_back(std::move(reported));
  Variable variable;
  if (by_elements) {
    latent.array = std::make_shared<ElementArray>(type.shape);
    variable.array = latent.array;
  }
  define_global(name, std::move(variable));
  latent.type = std::move(type);
  return latents_.emplace(name, std::move(latent)).first->second;
}

void Interpreter::sample_whole(const lang::ast::Sample& node, lang::Span span) {
  const Application application = apply(*node.distribution);
  check_fixed(application, nullptr, application.span);
  LatentType type;
  if (node.type) {
    type = latent_type(*node.type);
  } else {
    type.shape = value_shape(application);
    for (const lang::Size& size : type.shape) {
      if (size.value()) continue;
      fail("unknown-shape", node.target.name_span,
           fmt::format("the arguments of `{}` do not say how large `{}` is",
                       application.distribution->facts.name, node.target.name),
           fmt::format("write its type, as in sample {} : real[k] ~ ...", node.target.name));
    }
  }
  restrict_to(type, application, application.span);
  const LatentType block = type;
  const std::string name = full_name(node.target.name);
  Latent& latent = declare(name, std::move(type), false, node.target.name_span);
  std::vector<std::int32_t> all(static_cast<std::size_t>(lang::element_count(block.shape)));
  std::iota(all.begin(), all.end(), 0);
  const Value value = sample_block(latent, name, block, all, &application, span);
  globals_.at(name).value = value;
  result_.reported[latent.reported].value = value;
}

lang::Shape Interpreter::loop_shape(const lang::ast::Target& target) {
  lang::Shape shape;
  for (const lang::ast::Place& place : target.places) {
    const auto* name = place.index ? std::get_if<lang::ast::Name>(&(*place.index)->node) : nullptr;
    const auto loop = name == nullptr
                          ? loops_.end()
                          : std::find_if(loops_.begin(), loops_.end(), [&](const Loop& l) {
                              return *l.variable == name->name && l.size;
                            });
    if (loop == loops_.end()) {
      fail("undeclared-array", target.span,
           fmt::format("`{}` is filled element by element: its shape is not known", target.name),
           fmt::format("declare it before the loop: sample {} : real[n]", target.name));
    }
    shape.push_back(*loop->size);
  }
  return shape;
}

void Interpreter::sample_elements(const lang::ast::Sample& node, lang::Span span) {
  const std::string name = full_name(node.target.name);
  const Application application = apply(*node.distribution);
  check_fixed(application, nullptr, application.span);
  auto found = latents_.find(name);
  if (found == latents_.end()) {
    LatentType type;
    type.shape = loop_shape(node.target);
    type.kind = application.distribution->facts.support.kind;
    lang::Shape element = value_shape(application);
    if (node.type) {
      LatentType own = latent_type(*node.type);
      element = own.shape;
      type.kind = own.kind;
    }
    type.shape.insert(type.shape.end(), element.begin(), element.end());
    declare(name, std::move(type), true, node.target.name_span);
    found = latents_.find(name);
  }
  Latent& latent = found->second;
  if (!latent.array) {
    fail("sampled-twice", span, fmt::format("`{}` is already sampled as a whole", name));
  }
  auto resolved = resolve(latent.type.shape, places(node.target.places), node.target.span);
  if (const auto* error = std::get_if<SubscriptError>(&resolved)) {
    fail(error->code, error->span, error->message, error->hint);
  }
  auto& selection = std::get<Selection>(resolved);
  for (const std::int32_t position : selection.positions) {
    if (latent.array->is_assigned(position)) {
      fail("sampled-twice", span,
           fmt::format("element {} of `{}` (in row-major order) is sampled a second time",
                       position + 1, name));
    }
  }
  LatentType block;
  block.kind = latent.type.kind;
  block.shape = selection.shape;
  if (selection.shape.size() < event_dimensions(block.kind)) {
    fail("shape-mismatch", node.target.span,
         fmt::format("`{}` is sampled event by event, not entry by entry", name));
  }
  const auto bound_at = [&](const std::optional<Value>& bound) -> std::optional<Value> {
    if (!bound || bound->is_scalar()) return bound;
    return select(broadcast_to(*bound, latent.type.shape, span), selection, span);
  };
  if (node.type) {
    const LatentType own = latent_type(*node.type);
    block.lower = own.lower;
    block.upper = own.upper;
  }
  if (!block.lower) block.lower = bound_at(latent.type.lower);
  if (!block.upper) block.upper = bound_at(latent.type.upper);
  restrict_to(block, application, application.span);
  if (event_dimensions(block.kind) != event_dimensions(latent.type.kind)) {
    fail("shape-mismatch", application.span,
         fmt::format("`{}` was declared as an array of numbers, `{}` draws something else", name,
                     application.distribution->facts.name),
         fmt::format("declare it with the type it has: sample {} : simplex[n, k]", name));
  }
  const TransformShape whole = transform_shape(latent.type.kind, latent.type.shape);
  const Index entries = whole.count == 0 ? 1 : constrained_size(whole) / whole.count;
  for (std::size_t i = 0; i < selection.positions.size(); ++i) {
    const Index within = static_cast<Index>(i) % entries;
    if (static_cast<Index>(selection.positions.size()) % entries != 0 ||
        selection.positions[i] % entries != within ||
        (within > 0 && selection.positions[i] != selection.positions[i - 1] + 1)) {
      fail("shape-mismatch", node.target.span,
           fmt::format("`{}` holds vectors or matrices, which are sampled whole", name),
           fmt::format("write sample {}[i] ~ ... for each of them", name));
    }
  }
  const Value value = sample_block(latent, name, block, selection.positions, &application, span);
  latent.array->assign(selection.positions, value);
}

Value Interpreter::sample_block(Latent& latent, std::string_view name, const LatentType& type,
                                std::span<const std::int32_t> positions,
                                const Application* application, lang::Span statement,
                                const PartOfDraw* part) {
  const Site& site = result_.sites[latent.site];
  const TransformShape shape = transform_shape(type.kind, type.shape);
  // Which coordinates of z these entries come from: events stand one after another.
  const TransformShape whole = transform_shape(latent.type.kind, latent.type.shape);
  const Index event_entries = constrained_size(whole) / std::max<Index>(whole.count, 1);
  const Index event_coordinates = unconstrained_size(whole) / std::max<Index>(whole.count, 1);
  std::vector<std::int32_t> coordinates;
  for (std::size_t i = 0; i < positions.size();
       i += static_cast<std::size_t>(std::max<Index>(event_entries, 1))) {
    const Index first = site.offset + positions[i] / event_entries * event_coordinates;
    for (Index c = 0; c < event_coordinates; ++c)
      coordinates.push_back(static_cast<std::int32_t>(first + c));
  }

  std::optional<Value> lower = type.lower;
  std::optional<Value> upper = type.upper;
  for (std::optional<Value>* bound : {&lower, &upper}) {
    if (*bound && !(*bound)->is_scalar()) *bound = broadcast_to(**bound, type.shape, statement);
  }
  // In which units z counts, where those are other than what the bounds leave.
  std::optional<Value> location;
  std::optional<Value> scale;
  const bool are_numbers = type.kind == lang::Support::Kind::number;
  const auto places = application == nullptr || part != nullptr || !are_numbers
                          ? std::nullopt
                          : location_scale(*application, type.lower, type.upper);
  if (places) {
    std::vector<std::string>& scaled = result_.scaled_latents;
    if (std::find(scaled.begin(), scaled.end(), name) == scaled.end()) scaled.emplace_back(name);
    if (program_.options.noncentred.contains(std::string(name))) {
      location = application->parameters[places->location];
      scale = application->parameters[places->scale];
      for (Value* value : {&*location, &*scale})
        if (!value->is_scalar()) *value = broadcast_to(*value, type.shape, statement);
    }
  }
  const BoundValues bounds{elements(lower), elements(upper), elements(location), elements(scale)};
  std::vector<double> z(coordinates.size());
  source_.fill({name, shape, bounds, part == nullptr ? type.shape : part->shape, positions,
                latent.type.shape, coordinates, application, statement,
                part == nullptr ? std::span<const std::int32_t>{} : part->positions},
               z);
  for (std::size_t i = 0; i < z.size(); ++i)
    result_.point[static_cast<std::size_t>(coordinates[i])] = z[i];

  const bool contiguous = std::adjacent_find(coordinates.begin(), coordinates.end(),
                                             [](std::int32_t a, std::int32_t b) {
                                               return b != a + 1;
                                             }) == coordinates.end();
  Value point;
  const lang::Shape flat = {lang::Size::unknown(static_cast<std::int64_t>(coordinates.size()))};
  const BoundForms forms{form(lower), form(upper)};
  const bool unbounded = is_identity(shape, forms);
  const bool identity = unbounded && !scale;
  const bool keeps_shape = unbounded || scale;
  if (contiguous) {
    const Index first = coordinates.empty() ? site.offset : coordinates.front();
    point = recorder_.input(first, z, keeps_shape ? type.shape : flat);
  } else {
    const auto [least, greatest] = std::minmax_element(coordinates.begin(), coordinates.end());
    const std::span<const double> hull(result_.point.data() + *least,
                                       static_cast<std::size_t>(*greatest - *least + 1));
    const Value input =
        recorder_.input(*least, hull, {lang::Size::unknown(*greatest - *least + 1)});
    std::vector<std::int32_t> index;
    for (const std::int32_t coordinate : coordinates) index.push_back(coordinate - *least);
    const Value* pointer = &input;
    point = recorder_.apply(make_gather(std::move(index)), {&pointer, 1},
                            keeps_shape ? type.shape : flat, lang::Element::real, statement);
  }

  const auto add_jacobian = [&](const Value& jacobian) {
    recorder_.term(jacobian, LogTerm::Kind::jacobian, false, statement);
    recorder_.tape().terms.back().site = static_cast<Index>(latent.site);
  };
  if (!identity) latent.is_identity = false;
  if (scale) {
    using lang::ast::BinaryOperator;
    const Value* of_scale[] = {&*scale};
    add_jacobian(
        elementwise("log_scale", &log_scale_kernel, of_scale, type.shape, true, statement));
    point = arithmetic(BinaryOperator::multiply, point, *scale, statement);
    point = arithmetic(BinaryOperator::add, point, *location, statement);
  }
  Value value = point;
  if (!unbounded) {
    std::vector<const Value*> inputs = {&point};
    if (lower) inputs.push_back(&*lower);
    if (upper) inputs.push_back(&*upper);
    value = recorder_.apply(make_constrain(shape, forms), inputs, type.shape, lang::Element::real,
                            statement);
    inputs.insert(inputs.begin() + 1, &value);
    add_jacobian(recorder_.apply(make_log_jacobian(shape, forms), inputs, {}, lang::Element::real,
                                 statement));
  }

  // How each entry follows from z, where its bounds are fixed numbers.
  std::vector<ScalarMap>& maps = result_.reported[latent.reported].quantity.maps;
  const bool fixed_bounds = (!lower || !lower->is_latent()) && (!upper || !upper->is_latent());
  if (fixed_bounds && !scale && contiguous && !coordinates.empty()) {
    for (std::size_t i = 0; i < positions.size(); ++i) {
      maps[static_cast<std::size_t>(positions[i])] =
          scalar_map(shape, bounds, static_cast<Index>(i), coordinates.front());
    }
  }

  if (application != nullptr && part == nullptr) {
    const Value density = log_density(*application, value, true, application->span);
    recorder_.term(density, LogTerm::Kind::density, false, statement);
    recorder_.tape().terms.back().site = static_cast<Index>(latent.site);
  }
  return value;
}

void Interpreter::finish_latents() {
  for (auto& [name, latent] : latents_) {
    Reported& reported = result_.reported[latent.reported];
    if (latent.array) {
      if (const auto missing = latent.array->first_unassigned()) {
        fail("element-not-sampled", latent.span,
             fmt::format("element {} of `{}` (in row-major order) is never sampled", *missing + 1,
                         name),
             "each element of a declared latent needs one `sample`");
      }
      reported.value = latent.array->whole(recorder_, latent.span);
    }
    reported.node = reported.value.node;
  }
  for (const auto& [name, index] : unfinished_) {
    Variable& variable = globals_.at(name);
    if (const auto missing = variable.array->first_unassigned()) {
      lang::Span declared;
      for (const lang::ast::Statement& statement : program_.script.statements) {
        const auto* generate = std::get_if<lang::ast::Generate>(&statement.node);
        const bool is_it = generate != nullptr && generate->target.name == name;
        if (is_it && generate->target.places.empty()) declared = generate->target.span;
      }
      fail("element-not-generated", declared,
           fmt::format("element {} of `{}` (in row-major order) is never generated", *missing + 1,
                       name),
           "each element of a declared array needs one `generate`");
    }
    Reported& reported = result_.reported[index];
    reported.value = variable.array->whole(recorder_, {});
    reported.node = reported.value.node;
    describe(reported, reported.value.shape);
  }
}

}  // namespace vippl::runtime
