#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lang/checking/checker.h"

namespace vippl::lang::checking {

namespace {

using SupportKind = Support::Kind;

// Whether every value of one kind is also of the other.
bool is_within(SupportKind narrow, SupportKind wide) {
  if (narrow == wide || wide == SupportKind::number) return true;
  if (wide == SupportKind::ordered) return narrow == SupportKind::positive_ordered;
  if (wide == SupportKind::covariance) return narrow == SupportKind::correlation;
  if (wide == SupportKind::covariance_cholesky) return narrow == SupportKind::correlation_cholesky;
  return false;
}

bool is_constant(const Bound& bound) { return bound.kind == Bound::Kind::constant; }

// Whether nothing is left of the values when both sets of bounds hold.
bool disjoint(const Support& a, const Support& b) {
  const auto above = [](const Bound& lower, const Bound& upper) {
    return is_constant(lower) && is_constant(upper) && lower.value >= upper.value;
  };
  return above(a.lower, b.upper) || above(b.lower, a.upper);
}

// Whether a written bound cuts off values that the distribution has.
bool narrows(const Support& type, const Support& distribution) {
  if (type.kind != distribution.kind && type.kind != SupportKind::number) return true;
  const bool lower = is_constant(type.lower) && (!is_constant(distribution.lower) ||
                                                 distribution.lower.value < type.lower.value);
  const bool upper = is_constant(type.upper) && (!is_constant(distribution.upper) ||
                                                 distribution.upper.value > type.upper.value);
  return lower || upper;
}

// Whether a written bound, or a constrained type, allows values that the distribution does not
// have.
bool widens(const Support& type, const Support& distribution) {
  if (!distribution.is_scalar()) return false;
  const bool lower = is_constant(type.lower) && is_constant(distribution.lower) &&
                     type.lower.value < distribution.lower.value;
  const bool upper = is_constant(type.upper) && is_constant(distribution.upper) &&
                     type.upper.value > distribution.upper.value;
  // The values of these go on without end, at both sides or at one.
  const bool below = type.kind == SupportKind::ordered || type.kind == SupportKind::sum_to_zero;
  const bool above = below || type.kind == SupportKind::positive_ordered;
  return lower || upper || (below && is_constant(distribution.lower)) ||
         (above && is_constant(distribution.upper));
}

// An uniform prior whose bounds are this far apart says little more than a flat one.
constexpr double wide_interval = 10;
// Scales at most this small are usually meant as a precision.
constexpr double tiny_scale = 0.001;

}  // namespace

void Checker::check_restriction(const ast::Target& target, const Applied& applied,
                                const Declared& declared, Span type_span) {
  if (applied.signature == nullptr) return;
  const Signature& signature = *applied.signature;
  const Support& type = declared.support;
  const Support& drawn = signature.support;
  const auto contradiction = [&](std::string message) {
    complain(
        "contradictory-support", type_span, std::move(message),
        fmt::format("leave out the type, or use another distribution than `{}`", signature.name));
  };
  if (signature.improper) return;  // flat: the type says it all
  if (type.is_discrete() != drawn.is_discrete()) {
    if (drawn.is_discrete() && type.kind == SupportKind::number &&
        type.lower.kind == Bound::Kind::none) {
      return;  // an int is a real, too
    }
    contradiction(fmt::format("`{}` is declared {}, but `{}` draws {}", target.name, text(type),
                              signature.name, text(drawn)));
    return;
  }
  if (!is_within(type.kind, drawn.kind) && !is_within(drawn.kind, type.kind)) {
    contradiction(fmt::format("`{}` is declared {}, but `{}` draws {}", target.name, text(type),
                              signature.name, text(drawn)));
    return;
  }
  const bool scalars = type.is_scalar() && drawn.is_scalar();
  if (scalars && disjoint(type, drawn)) {
    contradiction(fmt::format("no value is both {} as declared and {} as drawn from `{}`",
                              text(type), text(drawn), signature.name));
    return;
  }
  if (widens(type, drawn)) {
    warn("wide-type", type_span,
         fmt::format("`{}` is declared {}, but `{}` draws {} only", target.name, text(type),
                     signature.name, text(drawn)),
         fmt::format("leave out the bound, or use another distribution than `{}`", signature.name));
  }
  if (applied.latent_arguments && narrows(type, drawn)) {
    warn("restricted-latent", type_span,
         fmt::format(
             "the type cuts off values of `{}` whose arguments are latent: the density is not "
             "renormalised",
             signature.name),
         type.is_scalar()
             ? "write truncated(D, lower = ...) for the renormalised density, or scale a "
               "restricted latent that has constant arguments"
             : fmt::format("sample one with constant arguments instead, as `z ~ normal(0, 1)`, and "
                           "scale it: `let {} = scale * z`",
                           target.name));
  }
}

void Checker::warn_about_prior(const ast::Target& target, const Applied& applied,
                               const ast::Expression& distribution, bool one_of_many) {
  const Signature& signature = *applied.signature;
  const auto& call = std::get<ast::Call>(distribution.node);
  const std::variant<Binding, Diagnostic> bound = bind(signature, call, distribution.span);
  const Binding* binding = std::get_if<Binding>(&bound);
  if (binding == nullptr) return;
  const auto argument = [&](std::string_view name) -> const ast::Expression* {
    for (std::size_t i = 0; i < signature.parameters.size(); ++i) {
      if (signature.parameters[i].name != name || binding->arguments[i] == nullptr) continue;
      return &*binding->arguments[i]->value;
    }
    return nullptr;
  };
  const auto value = [this](const ast::Expression* expression) -> std::optional<double> {
    if (expression == nullptr) return std::nullopt;
    const Report::Quiet quiet(report_);
    return evaluate(*expression).value;
  };
  if (signature.improper) wide_.emplace(target.name, distribution.span);
  const auto bound_by = [&](const Bound& end) {
    const bool argued = end.kind == Bound::Kind::parameter && !signature.support.is_discrete();
    return argued ? argument(signature.parameters[static_cast<std::size_t>(end.value)].name)
                  : nullptr;
  };
  const std::optional<double> lower = value(bound_by(signature.support.lower));
  const std::optional<double> upper = value(bound_by(signature.support.upper));
  if (lower && upper && *lower < *upper) {
    if (*lower < -1 || *upper > 1) {
      warn("hard-bounds", distribution.span,
           fmt::format("`{}` is cut off at {} and {}: do these limits mean something?", target.name,
                       *lower, *upper),
           "a normal or half_normal of that size has no edges");
    }
    if (*upper - *lower >= wide_interval) wide_.emplace(target.name, distribution.span);
  }
  const ast::Expression* scale = argument("scale");
  if (scale == nullptr) return;
  const auto* number = std::get_if<ast::Number>(&scale->node);
  if (number != nullptr && number->value > 0 && number->value <= tiny_scale &&
      argument("location") != nullptr) {
    warn("precision-as-scale", scale->span,
         fmt::format(
             "a scale of {} is nearly a point; `scale` is a standard deviation, not a precision",
             number->value),
         fmt::format("as a precision: scale = {:.4g}", 1 / std::sqrt(number->value)));
  }
  const auto* name = std::get_if<ast::Name>(&scale->node);
  if (name == nullptr || !one_of_many) return;
  if (const auto wide = wide_.find(name->name); wide != wide_.end()) {
    warn("flat-scale", wide->second,
         fmt::format(
             "`{}` is the scale of the effects `{}`: with so wide a prior the posterior may be "
             "improper",
             name->name, target.name),
         "a half_normal or half_cauchy prior keeps it proper");
  }
}

}  // namespace vippl::lang::checking
