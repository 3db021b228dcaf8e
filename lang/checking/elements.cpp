#include <fmt/format.h>

#include <algorithm>

#include "lang/checking/checker.h"
#include "lang/checking/usage.h"

namespace vippl::lang::checking {

namespace {

std::string_view verb(Kind kind) { return kind == Kind::generated ? "generate" : "sample"; }

}  // namespace

// `sample x[i, j] ~ D` in `for i in 1..n` and `for j in 1..m` declares x by itself: the dimensions
// before those of an element, or nothing if the subscript is of another form.
std::optional<Shape> Checker::self_declared(const ast::Target& target) const {
  Shape shape;
  std::vector<std::string> seen;
  for (const ast::Place& place : target.places) {
    if (!place.index) return std::nullopt;
    const auto* name = std::get_if<ast::Name>(&(*place.index)->node);
    if (name == nullptr) return std::nullopt;
    if (std::find(seen.begin(), seen.end(), name->name) != seen.end()) return std::nullopt;
    const auto loop = std::find_if(place_.loops.begin(), place_.loops.end(),
                                   [&](const Loop& each) { return each.variable == name->name; });
    if (loop == place_.loops.end() || !loop->upto) return std::nullopt;
    seen.push_back(name->name);
    shape.push_back(*loop->upto);
  }
  return shape;
}

void Checker::define_element(Kind kind, const ast::Target& target,
                             const std::optional<ast::Type>& type,
                             const ast::Expression& distribution) {
  const Applied applied = apply_distribution(distribution);
  if (kind == Kind::latent) {
    refuse_generated(applied.value, distribution.span);
    refuse_censored(applied, target.name, distribution.span);
  }
  std::optional<Declared> declared;
  if (type) declared = read_type(*type, NewSizes::refuse);
  if (kind == Kind::latent && applied.signature != nullptr) {
    warn_about_prior(target, applied, distribution, true);
  }

  Definition* there = scopes_.find(target.name);
  if (there != nullptr && there->span != target.name_span) {
    if (there->kind != kind) {
      may_define(target.name, target.name_span);
      return;
    }
    if (!there->to_fill) {
      if (there->type.known) {
        complain("drawn-twice", target.span, fmt::format("`{}` is drawn already", target.name),
                 "each element is drawn once",
                 {{there->span, fmt::format("`{}` is drawn here", target.name)}});
      }
      return;
    }
    there->filled = true;
    if (applied.negative && !there->has_floor) there->negative = true;
    if (!there->type.known) return;
    const Type slot = subscripted(there->type, target.places);
    const bool slice =
        slot.known && slot.shape.size() + target.places.size() > there->type.shape.size();
    if (slice && uses(distribution, target.name)) {
      complain("used-before-definition", distribution.span,
               fmt::format("the right side uses `{}`, which it defines", target.name),
               "draw the elements one by one in a loop", {});
      return;
    }
    if (!slot.known) return;
    Declared element;
    element.element = there->type.element;
    element.shape = slot.shape;
    if (declared && declared->known && !same(declared->shape, slot.shape)) {
      complain("shape-mismatch", type->span,
               fmt::format("the written type has shape {}, but `{}[...]` has shape {}",
                           text(declared->shape), target.name, text(slot.shape)));
    }
    drawn_type(kind, target, applied, element, distribution.span);
    return;
  }

  Type drawn = drawn_type(kind, target, applied, declared, distribution.span);
  const std::optional<Shape> leading = self_declared(target);
  if (!leading) {
    complain("undeclared-array", target.span,
             fmt::format("`{}` is drawn element by element, but not declared", target.name),
             fmt::format("declare it first: {} {} : real[n]; an array declares itself where every "
                         "subscript is the variable of a loop over 1..n",
                         verb(kind), target.name));
    drawn.known = false;
  } else {
    drawn.shape.insert(drawn.shape.begin(), leading->begin(), leading->end());
  }
  define(target.name, kind, std::move(drawn), target.name_span);
  if (Definition* latent = defined_here(target)) {
    latent->negative = applied.negative && !(declared && declared->may_exclude_negative());
  }
}

}  // namespace vippl::lang::checking
