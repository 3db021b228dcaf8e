#include <fmt/format.h>

#include <utility>

#include "lang/checking/checker.h"
#include "lang/wrapper.h"

namespace vippl::lang::checking {

namespace {

std::string_view verb(Kind kind) { return kind == Kind::generated ? "generate" : "sample"; }

// Whether a latent has a bound that may come from the data: one that is written, other than 0, or
// an argument of its distribution.
bool keeps(const std::optional<ast::Type>& type, const Applied& applied, std::string_view bound) {
  for (const ast::Argument& argument : type ? type->arguments : std::vector<ast::Argument>{}) {
    if (!argument.name || argument.name->name != bound) continue;
    const auto* number = std::get_if<ast::Number>(&argument.value->node);
    return number == nullptr || number->value != 0;
  }
  if (applied.signature == nullptr) return true;
  const Support& support = applied.signature->support;
  return (bound == "lower" ? support.lower : support.upper).kind == Bound::Kind::parameter;
}

}  // namespace

void Checker::check_drawn(Kind kind, const ast::Target& target,
                          const std::optional<ast::Type>& type,
                          const std::optional<ast::Expression>& distribution) {
  const bool derived = kind == Kind::generated || place_.in_derived;
  const bool outer = std::exchange(place_.in_derived, derived);
  if (target.name.find('.') != std::string::npos) {
    complain("dotted-target", target.name_span,
             fmt::format("`{}` is drawn by the model that it belongs to", target.name),
             fmt::format("write: {} {} ~ MODEL(...)", verb(kind),
                         target.name.substr(0, target.name.rfind('.'))));
  } else if (target.places.empty()) {
    define_whole(kind, target, type, distribution);
  } else if (distribution) {
    define_element(kind, target, type, *distribution);
  } else {
    complain("missing-distribution", target.span,
             fmt::format("an element of `{}` needs a distribution", target.name),
             fmt::format("write: {} {}[i] ~ normal(0, 1)", verb(kind), target.name));
  }
  place_.in_derived = outer;
}

void Checker::define_whole(Kind kind, const ast::Target& target,
                           const std::optional<ast::Type>& type,
                           const std::optional<ast::Expression>& distribution) {
  if (const ast::Call* call = model_call(distribution)) {
    if (kind == Kind::latent && !type && place_.loops.empty()) {
      return sample_model(target, *call, distribution->span);
    }
    refuse_model(call->callee.name, distribution->span);
    return define(target.name, kind, unknown_type(false), target.name_span);
  }
  if (!place_.loops.empty()) {
    complain("latent-in-loop", target.span,
             fmt::format("`{}` is drawn in every turn of the loop, so it needs a subscript",
                         target.name),
             place_.loops.back().variable.empty()
                 ? ""
                 : fmt::format("write: {} {}[{}] ~ ...", verb(kind), target.name,
                               place_.loops.back().variable));
  }
  std::optional<Declared> declared;
  if (type) {
    if (type->optional) refuse_construct(type->span, "a `?` type is", "it is for missing data");
    declared = read_type(*type, NewSizes::refuse);
  }
  if (!distribution) {
    if (!declared || declared->shape.empty()) {
      complain("missing-prior", target.span, fmt::format("`{}` has no distribution", target.name),
               "nothing is flat by default; write `~ flat()` to mean it");
      define(target.name, kind, unknown_type(false), target.name_span);
      return;
    }
    declare_to_fill(kind, target, *declared);
    return;
  }
  const Applied applied = apply_distribution(*distribution);
  if (kind == Kind::latent) {
    refuse_generated(applied.value, distribution->span);
    refuse_censored(applied, target.name, distribution->span);
  }
  Type drawn = drawn_type(kind, target, applied, declared, distribution->span);
  if (drawn.known && declared) check_restriction(target, applied, *declared, type->span);
  if (kind == Kind::latent && applied.signature != nullptr) {
    warn_about_prior(target, applied, *distribution, drawn.known && !drawn.is_scalar());
  }
  define(target.name, kind, std::move(drawn), target.name_span);
  if (Definition* latent = defined_here(target)) {
    latent->negative = applied.negative && !(declared && declared->may_exclude_negative());
    latent->keeps_above = keeps(type, applied, "lower");
    latent->keeps_below = keeps(type, applied, "upper");
  }
}

// What the statement has just defined; null if the name was taken.
Definition* Checker::defined_here(const ast::Target& target) {
  Definition* definition = scopes_.find(target.name);
  return definition != nullptr && definition->span == target.name_span ? definition : nullptr;
}

void Checker::declare_to_fill(Kind kind, const ast::Target& target, const Declared& declared) {
  Type type;
  type.known = declared.known;
  type.element = declared.element;
  type.shape = declared.shape;
  type.fixed = false;
  type.generated = kind == Kind::generated;
  if (kind == Kind::latent && declared.known && declared.support.is_discrete()) {
    Applied discrete;
    type = drawn_type(kind, target, discrete, declared, target.span);
  }
  define(target.name, kind, std::move(type), target.name_span);
  if (Definition* definition = defined_here(target)) {
    definition->to_fill = true;
    definition->has_floor = declared.may_exclude_negative();
  }
}

// The type of what is drawn, after checking that distribution and written type fit.
Type Checker::drawn_type(Kind kind, const ast::Target& target, const Applied& applied,
                         const std::optional<Declared>& declared, Span distribution) {
  Type type = applied.value;
  type.fixed = false;
  type.generated = kind == Kind::generated;
  type.value.reset();
  type.size.reset();
  const bool discrete_type = declared && declared->known && declared->support.is_discrete();
  const bool discrete =
      discrete_type ? applied.signature == nullptr || applied.signature->support.is_discrete()
                    : applied.signature != nullptr && applied.signature->support.is_discrete();
  if (kind == Kind::latent && discrete) {
    complain(
        "discrete-latent", target.span,
        fmt::format("`{}` is a discrete latent, which this version does not sum out", target.name),
        "sum it out: observe what depends on it by `mixture(weights, D)`; a chain of them is "
        "`factor hmm_log_density(...)`");
    return unknown_type(false);
  }
  if (declared && !declared->known) type.known = false;
  if (!type.known || applied.signature == nullptr) {
    // The written type holds whatever is wrong with the distribution.
    if (declared && declared->known) {
      type.known = true;
      type.element = declared->element;
      type.shape = declared->shape;
    }
    return type;
  }
  if (declared) {
    if (const auto wrong = fit_value(*applied.signature, type.shape, declared->shape)) {
      complain("shape-mismatch", distribution, *wrong, "", origins(type.shape, declared->shape));
    }
    type.shape = declared->shape;
    type.element = declared->element;
  } else if (event_rank(*applied.signature) > 0 && applied.scalar_arguments) {
    complain("unknown-shape", target.span,
             fmt::format("the size of `{}` does not follow from the arguments of `{}`", target.name,
                         applied.signature->name),
             fmt::format("write a type, such as {}",
                         event_rank(*applied.signature) == 1 ? "real[k]" : "corr_cholesky[k]"));
    type.known = false;
  }
  return type;
}

void Checker::refuse_censored(const Applied& applied, const std::string& name, Span span) {
  if (applied.signature == nullptr || !is_censored(*applied.signature)) return;
  complain(
      "censored-prior", span,
      fmt::format("`{}` gives all values beyond a bound the same density, so it is no prior of "
                  "`{}`, which could be any of them",
                  applied.signature->name, name),
      "truncated(D, lower = ...) leaves them out; `censored` is for readings, in `observe`");
}

void Checker::refuse_generated(const Type& type, Span span) {
  if (!type.generated) return;
  complain("generated-value", span,
           "this depends on a `generate`, which `derive` and `generate` only may use");
}

void Checker::check_filled() {
  for (const auto& [name, definition] : scopes_.frame()) {
    if (!definition.to_fill || definition.filled || !definition.type.known) continue;
    complain("missing-prior", definition.span,
             fmt::format("`{}` is declared, but none of its elements is drawn", name),
             "nothing is flat by default; write `~ flat()` to mean it");
  }
}

}  // namespace vippl::lang::checking
