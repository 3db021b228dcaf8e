#include <fmt/format.h>

#include "lang/checking/checker.h"
#include "lang/support_text.h"

namespace vippl::lang::checking {

void Checker::check_observe(const ast::Observe& observe) {
  const auto* named = std::get_if<ast::Name>(&observe.value.node);
  const Definition* data = named == nullptr ? nullptr : scopes_.find(named->name);
  const bool may_be_missing = data != nullptr && data->missing != Definition::Missing::no;
  Type left = may_be_missing ? data->type : evaluate(observe.value);
  if (may_be_missing) left.fixed = true;
  const Applied applied = apply_distribution(observe.distribution);
  if (may_be_missing && !impute(observe, named->name, applied)) return;
  refuse_generated(left, observe.value.span);
  refuse_generated(applied.value, observe.distribution.span);
  const Span span = observe.value.span;
  if (left.known && !left.fixed && !left.generated) {
    complain("observed-latent", span,
             "only fixed values are observed, but this depends on a latent value",
             "the density of something latent is a factor: factor log_density(D, x)");
    return;
  }
  if (named != nullptr && place_.blocks == 0) {
    const auto [first, is_new] = observed_.emplace(named->name, span);
    if (!is_new && first->second != span) {
      Diagnostic twice =
          warning("observed-twice", span,
                  fmt::format("`{}` is observed twice: it counts double", named->name));
      twice.notes.push_back({first->second, fmt::format("`{}` is observed here", named->name)});
      report_.add(std::move(twice));
    }
  }
  if (std::holds_alternative<ast::Call>(observe.value.node) && left.known) {
    warn("transformed-response", span,
         "a function of the data is observed: the fit does not compare by LOO with models of the "
         "data "
         "themselves",
         "");
  }
  if (!left.known || applied.signature == nullptr || !applied.value.known) return;
  const Signature& signature = *applied.signature;
  const bool discrete = signature.support.is_discrete();
  if (left.element == Element::text || (left.element == Element::category && !discrete) ||
      (left.element == Element::real && discrete)) {
    complain("type-mismatch", span,
             fmt::format("`{}` draws {}, but what is observed is {}", signature.name,
                         text(signature.support, signature.parameters), describe(left)),
             left.element == Element::real ? "declare the data as int" : "");
    return;
  }
  if (const auto wrong = fit_value(signature, applied.value.shape, left.shape)) {
    complain("shape-mismatch", observe.distribution.span, *wrong, "",
             origins(left.shape, applied.value.shape));
  }
  warn_about_passing(observe, applied);
  if (left.value && !contains(signature.support, *left.value)) {
    complain("observed-outside-support", span,
             fmt::format("`{}` draws {}, but {} is observed", signature.name,
                         text(signature.support, signature.parameters), *left.value));
  }
}

// A bound of the distribution that is a latent, and that nothing keeps on the right side of the
// data: where it passes them the density is zero, and a fit that starts there has no way back.
void Checker::warn_about_passing(const ast::Observe& observe, const Applied& applied) {
  const Support& support = applied.signature->support;
  const auto judge = [&](const Bound& bound, bool is_lower) {
    const auto at = static_cast<std::size_t>(bound.value);
    if (bound.kind != Bound::Kind::parameter || at >= applied.written.size()) return;
    const ast::Expression* written = applied.written[at];
    const auto* name = written == nullptr ? nullptr : std::get_if<ast::Name>(&written->node);
    const Definition* latent = name == nullptr ? nullptr : scopes_.find(name->name);
    if (latent == nullptr || latent->kind != Kind::latent || !latent->type.is_scalar()) return;
    if (is_lower ? latent->keeps_below : latent->keeps_above) return;
    const auto* data = std::get_if<ast::Name>(&observe.value.node);
    warn("bound-may-pass-data", written->span,
         fmt::format("nothing keeps `{}` {} what is observed: where it passes it, the density is 0",
                     name->name, is_lower ? "below" : "above"),
         fmt::format("bound it: sample {} : real({} = {}({})) ~ ...", name->name,
                     is_lower ? "upper" : "lower", is_lower ? "min" : "max",
                     data == nullptr ? "..." : data->name));
  };
  judge(support.lower, true);
  judge(support.upper, false);
}

}  // namespace vippl::lang::checking
