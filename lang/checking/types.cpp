#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lang/checking/checker.h"

namespace vippl::lang::checking {

namespace {

struct NamedType {
  std::string_view name;
  Element element;
  Support support;
  std::size_t last_size_counts = 0;  // 1: the last size is that of a vector; 2: of a square matrix
};

constexpr NamedType types[] = {
    {"real", Element::real, Support::real},
    {"int", Element::integer, Support::whole},
    {"bool", Element::boolean, Support::binary},
    {"category", Element::category, {Support::Kind::whole_number, {Bound::Kind::constant, 1}, {}}},
    {"simplex", Element::real, Support::simplex, 1},
    {"ordered", Element::real, Support::ordered, 1},
    {"positive_ordered", Element::real, Support::positive_ordered, 1},
    {"unit_vector", Element::real, Support::unit_vector, 1},
    {"sum_to_zero", Element::real, Support::sum_to_zero, 1},
    {"corr", Element::real, Support::correlation, 2},
    {"cov", Element::real, Support::covariance, 2},
    {"corr_cholesky", Element::real, Support::correlation_cholesky, 2},
    {"cov_cholesky", Element::real, Support::covariance_cholesky, 2},
};

const NamedType* find_type(std::string_view name) {
  const auto* found = std::find_if(std::begin(types), std::end(types),
                                   [name](const NamedType& type) { return type.name == name; });
  return found == std::end(types) ? nullptr : found;
}

}  // namespace

bool Declared::may_exclude_negative() const {
  if (!known || support.kind != Support::Kind::number) return true;
  if (support.lower.kind == Bound::Kind::constant) return support.lower.value >= 0;
  return has_floor;
}

Declared Checker::read_type(const ast::Type& type, NewSizes rule, const Type* value,
                            const std::string& origin) {
  Declared declared;
  const NamedType* named = find_type(type.element.name);
  if (named == nullptr) {
    std::vector<std::string> names;
    for (const NamedType& each : types) names.emplace_back(each.name);
    std::string hint = similar(type.element.name, names);
    if (type.element.name == "vector" || type.element.name == "matrix") {
      hint = type.element.name == "vector" ? "write: real[n]" : "write: real[n, p]";
    } else if (type.element.name == "positive") {
      hint = "write: real(lower = 0)";
    }
    complain(
        "unknown-type", type.element.span, fmt::format("`{}` is not a type", type.element.name),
        hint.empty() ? "the types are real, int, bool, category, simplex, ordered, ..." : hint);
    declared.known = false;
  } else {
    declared.element = named->element;
    declared.support = named->support;
    if (named->name == "category") {
      read_category(type, origin, declared);
    } else {
      read_condition(type, rule, origin, declared);
    }
  }
  const std::size_t rank = value != nullptr && value->known ? value->shape.size() : 0;
  for (std::size_t i = 0; i < type.shape.size(); ++i) {
    const Size* extent = rank == type.shape.size() ? &value->shape[i] : nullptr;
    const std::optional<Size> size = read_size(type.shape[i], rule, extent, origin);
    if (!size) declared.known = false;
    declared.shape.push_back(size.value_or(Size::unknown()));
  }
  if (named == nullptr || named->last_size_counts == 0) return declared;
  if (declared.shape.empty()) {
    complain("type-needs-size", type.span, fmt::format("`{}` needs a size", named->name),
             fmt::format("write: {}[k]", named->name));
    declared.known = false;
  } else if (named->last_size_counts == 2) {
    declared.shape.push_back(declared.shape.back());
  }
  return declared;
}

void Checker::read_condition(const ast::Type& type, NewSizes rule, const std::string& origin,
                             Declared& declared) {
  const bool whole = declared.element == Element::integer;
  if (!type.arguments.empty() && !whole && type.element.name != "real") {
    complain("type-argument", type.span, fmt::format("`{}` takes no condition", type.element.name),
             "");
    return;
  }
  const auto set = [](Bound& bound, std::optional<double> value) {
    if (value) bound = {Bound::Kind::constant, *value, false};
  };
  for (const ast::Argument& argument : type.arguments) {
    const auto* range = std::get_if<ast::Binary>(&argument.value->node);
    const bool is_range = range != nullptr && range->op == ast::BinaryOperator::range;
    if (!argument.name && whole && is_range) {
      declared.has_floor = true;
      set(declared.support.lower, read_bound(*range->left, rule, origin, true));
      set(declared.support.upper, read_bound(*range->right, rule, origin, true));
    } else if (argument.name && argument.name->name == "lower") {
      declared.has_floor = true;
      set(declared.support.lower, read_bound(*argument.value, rule, origin, whole));
    } else if (argument.name && argument.name->name == "upper") {
      set(declared.support.upper, read_bound(*argument.value, rule, origin, whole));
    } else {
      complain("type-argument", argument.name ? argument.name->span : argument.value->span,
               fmt::format("`{}` takes {}lower = and upper =", type.element.name,
                           whole ? "a range, " : ""),
               whole ? "int(1..K), int(lower = 0)" : "real(lower = 0, upper = 1)");
    }
  }
  const auto& [kind, lower, upper] = declared.support;
  const bool constants = lower.kind == Bound::Kind::constant && upper.kind == Bound::Kind::constant;
  const bool empty = constants && (whole ? lower.value > upper.value : lower.value >= upper.value);
  if (empty && !type.arguments.empty()) {
    complain(
        "empty-type", type.span,
        fmt::format("no value is in this type: its lower bound {} is not below its upper bound {}",
                    lower.value, upper.value));
  }
}

std::optional<double> Checker::read_bound(const ast::Expression& bound, NewSizes rule,
                                          const std::string& origin, bool whole) {
  if (rule ==
      NewSizes::bind) {  // int(1..J): J is a size, found in the data if nothing else binds it
    const auto* name = std::get_if<ast::Name>(&bound.node);
    if (name != nullptr && scopes_.find(name->name) == nullptr && whole) {
      read_size(bound, rule, nullptr, origin);
      return std::nullopt;
    }
  }
  const Type type = evaluate(bound);
  if (!type.known || !is_number(type, bound.span, "a bound")) return std::nullopt;
  if (whole && !type.is_whole()) {
    complain("type-mismatch", bound.span,
             fmt::format("a bound of an int should be int, got {}", describe(type)));
    return std::nullopt;
  }
  return type.value;
}

void Checker::read_category(const ast::Type& type, const std::string& origin, Declared& declared) {
  for (const ast::Argument& argument : type.arguments) {
    if (const auto* label = std::get_if<ast::Text>(&argument.value->node)) {
      if (std::find(declared.labels.begin(), declared.labels.end(), label->value) !=
          declared.labels.end()) {
        complain("repeated-level", argument.value->span,
                 fmt::format("the level \"{}\" is written twice", label->value));
      }
      declared.labels.push_back(label->value);
    }
  }
  if (!declared.labels.empty()) {
    declared.levels = Size::number(static_cast<std::int64_t>(declared.labels.size()));
    if (declared.labels.size() == type.arguments.size()) return;
  } else if (type.arguments.size() == 1 && !type.arguments[0].name) {
    declared.levels = read_size(*type.arguments[0].value, NewSizes::bind, nullptr, origin);
    return;
  }
  complain("type-argument", type.span, "`category` takes a size or the levels as text",
           "category(K) or category(\"low\", \"high\")");
}

std::optional<Size> Checker::read_size(const ast::Expression& size, NewSizes rule,
                                       const Size* extent, const std::string& origin) {
  const auto* name = std::get_if<ast::Name>(&size.node);
  if (name != nullptr && rule != NewSizes::refuse && scopes_.find(name->name) == nullptr) {
    Type type;
    type.element = Element::integer;
    type.size = extent != nullptr && !extent->is_unknown() ? *extent : Size::named(name->name);
    if (const std::optional<std::int64_t> value = constant(*type.size)) {
      type.value = static_cast<double>(*value);
    }
    const Size found = *type.size;
    define(name->name, Kind::size, std::move(type), size.span);
    if (Definition* definition = scopes_.find(name->name)) definition->origin = origin;
    return found;
  }
  if (name != nullptr && scopes_.find(name->name) == nullptr && !later_.contains(name->name)) {
    complain("unknown-size", size.span, fmt::format("the size `{}` is not known", name->name),
             "a size is bound by the shape of `data`, or defined by `let`");
    return std::nullopt;
  }
  const Type type = evaluate(size);
  if (!type.known) return std::nullopt;
  if (!type.fixed || type.generated) {
    complain("latent-size", size.span, "a size must be fixed, but this depends on a latent value",
             "write a number, or a size that the data bind");
    return std::nullopt;
  }
  if (!type.is_scalar() || type.element != Element::integer) {
    complain("size-not-int", size.span,
             fmt::format("a size should be an int, got {}", describe(type)), "",
             origins(type.shape));
    return std::nullopt;
  }
  if (type.value && *type.value < 0) {
    complain("negative-size", size.span,
             fmt::format("a size may not be negative, got {}", *type.value));
    return std::nullopt;
  }
  return type.size.value_or(Size::unknown());
}

}  // namespace vippl::lang::checking
