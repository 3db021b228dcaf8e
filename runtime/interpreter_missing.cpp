#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/interpreter.h"

namespace vippl::runtime {

// Missing values are latents that stand among the data: the array is put together from both, and
// the density of the whole is added once.

namespace {

// "age[17]", "Y[3,2]"; "x" for a scalar.
std::string entry_name(const std::string& name, const std::vector<Index>& extents, Index element) {
  if (extents.empty()) return name;
  std::vector<Index> place(extents.size());
  for (std::size_t d = extents.size(); d-- > 0;) {
    place[d] = element % extents[d] + 1;
    element /= extents[d];
  }
  return fmt::format("{}[{}]", name, fmt::join(place, ","));
}

}  // namespace

void Interpreter::note_missing(const lang::ast::Data& node, const Value& value) {
  Missing missing{&node, value, {}};
  for (Index i = 0; i < value.count(); ++i) {
    if (std::isnan(value[i])) missing.positions.push_back(static_cast<std::int32_t>(i));
  }
  missing_[node.name.name] = std::move(missing);
}

bool Interpreter::may_be_missing(const Value& value) const {
  // Copies of a value share its elements.
  return value.elements != nullptr &&
         std::any_of(missing_.begin(), missing_.end(), [&](const auto& entry) {
           return entry.second.value.elements == value.elements;
         });
}

Value Interpreter::is_missing(const lang::ast::Call& node, lang::Span span) const {
  const auto* name = node.arguments.size() == 1
                         ? std::get_if<lang::ast::Name>(&node.arguments[0].value->node)
                         : nullptr;
  const auto found = name == nullptr ? missing_.end() : missing_.find(name->name);
  if (found == missing_.end()) {
    fail("not-optional-data", span,
         "`is_missing` takes the name of data that may have missing values",
         "declare them with a `?`: data age : real?[n]");
  }
  const auto& [data, value, positions] = found->second;
  if (value.is_scalar()) {
    return Value::number(positions.empty() ? 0 : 1, lang::Element::boolean);
  }
  Elements elements(static_cast<std::size_t>(value.count()), 0.0);
  for (const std::int32_t position : positions) elements[static_cast<std::size_t>(position)] = 1;
  return Value::tensor(value.shape, std::move(elements), lang::Element::boolean);
}

const Interpreter::Missing* Interpreter::missing_in(const lang::ast::Expression& observed) const {
  const auto* name = std::get_if<lang::ast::Name>(&observed.node);
  const auto found = name == nullptr ? missing_.end() : missing_.find(name->name);
  return found == missing_.end() || found->second.positions.empty() ? nullptr : &found->second;
}

Value Interpreter::impute(const Missing& missing, const Application& application, lang::Span span) {
  const std::string& name = missing.data->name.name;
  const Value& data = missing.value;
  if (recorder_.plate_axis(data.shape)) {
    fail("batch-latent", span,
         fmt::format("`{}` has missing values, and latents over the rows of a minibatch are not "
                     "supported",
                     name),
         "leave out --batch");
  }
  // The support is that of the distribution within the type, at the places of what is missing.
  LatentType whole = latent_type(missing.data->type);
  whole.shape = data.shape;
  restrict_to(whole, application, application.span);
  VIPPL_ASSERT(whole.kind == lang::Support::Kind::number,
               "the entries of constrained vectors cannot be missing, as was checked");
  const auto count = static_cast<std::int64_t>(missing.positions.size());
  const Selection entries{{lang::Size::unknown(count)}, missing.positions};
  LatentType type;
  type.shape = entries.shape;
  const auto at_entries = [&](const std::optional<Value>& bound) -> std::optional<Value> {
    if (!bound || bound->is_scalar()) return bound;
    return select(broadcast_to(*bound, data.shape, span), entries, span);
  };
  type.lower = at_entries(whole.lower);
  type.upper = at_entries(whole.upper);
  Latent& latent = declare(name, type, false, missing.data->name.span);
  Quantity& quantity = result_.reported[latent.reported].quantity;
  const std::vector<Index> rows = extents(data.shape);
  for (const std::int32_t position : missing.positions)
    quantity.scalar_names.push_back(entry_name(name, rows, position));

  std::vector<std::int32_t> all(missing.positions.size());
  std::iota(all.begin(), all.end(), 0);
  const PartOfDraw part{data.shape, missing.positions};
  const Value imputed = sample_block(latent, name, type, all, &application, span, &part);
  result_.reported[latent.reported].value = imputed;

  auto array = std::make_shared<ElementArray>(data);
  array->assign(missing.positions, imputed);
  Variable& variable = globals_.at(name);
  variable.array = std::move(array);
  return variable.array->whole(recorder_, span);
}

}  // namespace vippl::runtime
