#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/bad_places.h"
#include "runtime/interpreter.h"

namespace vippl::runtime {

namespace {

bool is_matrix_type(const lang::ast::Type& type) {
  return type.element.name.starts_with("cor") || type.element.name.starts_with("cov");
}

// A matrix type names the size of its square once.
const lang::ast::Expression& size_at(const lang::ast::Type& type, std::size_t dimension) {
  return type.shape[std::min(dimension, type.shape.size() - 1)];
}

}  // namespace

std::optional<Interpreter::GivenSize> Interpreter::given_size(const std::string& name) const {
  if (const auto set = program_.options.set.find(name); set != program_.options.set.end()) {
    if (set->second != std::floor(set->second) || std::abs(set->second) > 1e15) {
      throw lang::ModelError(lang::error(
          "type-mismatch", {},
          fmt::format("--set {}={}: `{}` is a size, an int", name, shown(set->second), name)));
    }
    return GivenSize{static_cast<std::int64_t>(set->second), "--set says"};
  }
  const Field* field = program_.data.find(name);
  if (field == nullptr || !field->extents.empty() || field->kind != Field::Kind::integer ||
      field->is_missing(0)) {
    return std::nullopt;
  }
  return GivenSize{static_cast<std::int64_t>(field->values[0]), "the data say"};
}

void Interpreter::bind_size(const std::string& name, std::int64_t extent, lang::Span span) {
  Variable* known = find(name);
  if (known == nullptr) {
    // Where the user or the data give a scalar of that name, the two must agree.
    if (const auto given = given_size(name); given && given->value != extent) {
      fail("size-mismatch", span,
           fmt::format("{} {} = {}, but this has extent {}", given->giver, name, given->value,
                       extent));
    }
    Variable variable;
    variable.value = Value::sized(lang::Size::named(name, extent));
    define_global(name, std::move(variable));
    size_order_.push_back(name);
    bound_at_[name] = span;
    return;
  }
  Value& value = known->value;
  const bool is_int = value.is_scalar() && !value.is_latent() && known->array == nullptr &&
                      value.element == lang::Element::integer;
  if (!is_int) return;  // no size at all: size_of says so
  const auto bound_at = bound_at_.find(name);
  if (static_cast<std::int64_t>(value.scalar) != extent) {
    lang::Diagnostic diagnostic =
        lang::error("size-mismatch", span,
                    fmt::format("size {} is {} here, but {} = {} was bound above", name, extent,
                                name, value.scalar));
    if (bound_at != bound_at_.end()) {
      diagnostic.notes.push_back(
          {bound_at->second, fmt::format("{} = {} was bound here", name, value.scalar)});
    }
    throw lang::ModelError(std::move(diagnostic));
  }
  // An int of the data that measures other data is a size of its own name, like those that only
  // stand in shapes.
  if (bound_at != bound_at_.end() && !value.size) {
    value = Value::sized(lang::Size::named(name, extent));
    size_order_.push_back(name);
  }
}

void Interpreter::size_from_condition(const lang::ast::Type& type) {
  if (type.element.name != "int" && type.element.name != "real") return;
  const auto bind_name = [&](const lang::ast::Expression& expression) {
    const auto* name = std::get_if<lang::ast::Name>(&expression.node);
    if (name == nullptr || find(name->name) != nullptr) return;
    const auto given = given_size(name->name);
    if (!given) {
      fail("unknown-size", expression.span,
           fmt::format("`{}` is not defined, and the data have no single int of that name",
                       name->name),
           fmt::format("write category({}) to take the levels from the column", name->name));
    }
    bind_size(name->name, given->value, expression.span);
  };
  for (const lang::ast::Argument& argument : type.arguments) {
    if (const auto* range = std::get_if<lang::ast::Binary>(&argument.value->node);
        range != nullptr && range->op == lang::ast::BinaryOperator::range) {
      bind_name(*range->left);
      bind_name(*range->right);
    }
  }
}

void Interpreter::bind_sizes(const lang::ast::Data& node, Value& value, const std::string& file) {
  const std::string where = file.empty() ? "" : " in " + file;
  const std::size_t written = node.type.shape.size();
  const std::size_t dimensions = written + (is_matrix_type(node.type) ? 1 : 0);
  if (dimensions != value.shape.size() || (written == 0 && dimensions > 0)) {
    const bool one_row = dimensions == 0 && value.shape.size() == 1 && !file.empty();
    fail("shape-mismatch", node.type.span,
         fmt::format("`{}` is declared with {} dimension{}, but has {}{}: {}", node.name.name,
                     dimensions, dimensions == 1 ? "" : "s", value.shape.size(), where,
                     lang::text(value.shape)),
         one_row ? fmt::format("a column has one value per row: data {} : {}[n]", node.name.name,
                               node.type.element.name)
                 : "");
  }
  // Sizes named for the first time are bound before formulas over them are compared.
  for (std::size_t d = 0; d < written; ++d) {
    if (const auto* name = std::get_if<lang::ast::Name>(&node.type.shape[d].node)) {
      bind_size(name->name, value.shape[d].extent(), node.type.shape[d].span);
    }
  }
  size_from_condition(node.type);
  for (std::size_t d = 0; d < dimensions; ++d) {
    const lang::ast::Expression& expression = size_at(node.type, d);
    const lang::Size size = size_of(expression);
    if (size.extent() != value.shape[d].extent()) {
      fail("size-mismatch", expression.span,
           fmt::format("dimension {} of `{}` is declared as {} = {}, but has {} entries{}", d + 1,
                       node.name.name, size.text(), size.extent(), value.shape[d].extent(), where));
    }
    value.shape[d] = size;
  }
}

}  // namespace vippl::runtime
