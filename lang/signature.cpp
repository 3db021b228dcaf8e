#include "lang/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lang/support_text.h"

namespace vippl::lang {

namespace {

std::string text(const Bound& bound) {
  switch (bound.kind) {
    case Bound::Kind::none:
      return "";
    case Bound::Kind::constant:
      return fmt::format("{}", bound.value);
    case Bound::Kind::parameter:
      return fmt::format("argument {}", bound.value + 1);
    case Bound::Kind::parameter_size:
      return fmt::format("the size of argument {}", bound.value + 1);
  }
  VIPPL_ASSERT(false, "every kind of bound is named");
}

bool is(const Bound& bound, double value, bool open) {
  return bound.kind == Bound::Kind::constant && bound.value == value && bound.open == open;
}

std::string real_text(const Bound& lower, const Bound& upper) {
  const bool has_lower = lower.kind != Bound::Kind::none;
  const bool has_upper = upper.kind != Bound::Kind::none;
  if (!has_lower && !has_upper) return "real";
  if (!has_upper && is(lower, 0, true)) return "positive";
  if (!has_upper && is(lower, 0, false)) return "nonnegative";
  if (!has_upper) return fmt::format("real {} {}", lower.open ? ">" : ">=", text(lower));
  if (!has_lower) return fmt::format("real {} {}", upper.open ? "<" : "<=", text(upper));
  return fmt::format("real in {}{}, {}{}", lower.open ? '(' : '[', text(lower), text(upper),
                     upper.open ? ')' : ']');
}

std::string int_text(const Bound& lower, const Bound& upper) {
  const bool has_lower = lower.kind != Bound::Kind::none;
  const bool has_upper = upper.kind != Bound::Kind::none;
  if (!has_lower && !has_upper) return "int";
  if (!has_upper) return fmt::format("int >= {}", text(lower));
  if (!has_lower) return fmt::format("int <= {}", text(upper));
  return fmt::format("int in {}..{}", text(lower), text(upper));
}

bool within(const Support& support, double value) {
  const auto& [kind, lower, upper] = support;
  if (lower.kind == Bound::Kind::constant &&
      (lower.open ? value <= lower.value : value < lower.value)) {
    return false;
  }
  return upper.kind != Bound::Kind::constant ||
         (upper.open ? value < upper.value : value <= upper.value);
}

// "location: real", "covariance: covariance[k, k]", "axis: int = none"
std::string parameter_text(const Parameter& parameter, std::span<const Parameter> all) {
  std::string result = fmt::format("{}: {}", parameter.name, text(parameter.support, all));
  if (parameter.shape == "*") {
    result = std::string(parameter.name);
  } else if (!parameter.shape.empty() && parameter.shape != "...") {
    const bool spaced = result.find(' ', parameter.name.size() + 2) != std::string::npos;
    result += fmt::format("{}[{}]", spaced ? " " : "", parameter.shape);
  }
  if (parameter.start) return result + fmt::format(" = {}", *parameter.start);
  return parameter.optional ? result + " = none" : result;
}

}  // namespace

std::string_view text(Element element) {
  switch (element) {
    case Element::boolean:
      return "bool";
    case Element::integer:
      return "int";
    case Element::real:
      return "real";
    case Element::category:
      return "category";
    case Element::text:
      return "text";
  }
  VIPPL_ASSERT(false, "every element is named");
}

std::string text(const Support& support) {
  using Kind = Support::Kind;
  switch (support.kind) {
    case Kind::number:
      return real_text(support.lower, support.upper);
    case Kind::whole_number:
      return int_text(support.lower, support.upper);
    case Kind::simplex:
      return "simplex";
    case Kind::ordered:
      return "ordered";
    case Kind::positive_ordered:
      return "positive_ordered";
    case Kind::unit_vector:
      return "unit_vector";
    case Kind::sum_to_zero:
      return "sum_to_zero";
    case Kind::correlation:
      return "corr";
    case Kind::covariance:
      return "cov";
    case Kind::correlation_cholesky:
      return "corr_cholesky";
    case Kind::covariance_cholesky:
      return "cov_cholesky";
  }
  VIPPL_ASSERT(false, "every support is named");
}

bool contains(const Support& support, double value) {
  if (!support.is_scalar()) return true;
  if (std::isnan(value)) return false;
  if (support.is_discrete() && value != std::floor(value)) return false;
  return within(support, value);
}

std::string Signature::text() const {
  std::string written(name);
  written += '(';
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) written += ", ";
    written += parameter_text(parameters[i], parameters);
    if (i == 0 && variadic) written += ", ...";
  }
  return written + ')';
}

std::size_t dimensions(std::string_view pattern) {
  if (pattern.empty() || pattern == "...") return 0;
  return 1 + static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), ','));
}

std::size_t event_rank(const Signature& distribution) { return dimensions(distribution.event); }

}  // namespace vippl::lang
