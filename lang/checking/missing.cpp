#include <fmt/format.h>

#include "lang/checking/checker.h"
#include "lang/support_text.h"

namespace vippl::lang::checking {

// Data with missing values, `data age : real?[n]`: before their one `observe` they are known only
// to `is_missing`, below it they are latent.

void Checker::check_missing_type(const ast::Type& type) {
  const std::string& element = type.element.name;
  if (element == "real") return;
  if (element == "int" || element == "bool" || element == "category") {
    refuse_construct(type.span, fmt::format("`{}?` is", element),
                     "missing whole numbers would have to be summed out; only `real?` may be "
                     "missing: leave the rows with missing values out of the file");
    return;
  }
  complain(
      "missing-type", type.span,
      fmt::format("values of `{}` are whole or not there: only `real?` may be missing", element),
      fmt::format("write {}, and leave the rows with missing values out of the file", element));
}

bool Checker::refuse_unobserved(const Definition& definition, const std::string& name, Span span) {
  if (definition.missing != Definition::Missing::awaited) return false;
  complain("missing-before-observe", span,
           fmt::format("`{}` may have missing values, which have no prior yet", name),
           fmt::format("`observe {0} ~ ...`, of `{0}` as a whole, gives them one; above it only "
                       "`is_missing({0})` may use it",
                       name),
           {{definition.span, fmt::format("`{}` is defined here", name)}});
  return true;
}

Type Checker::evaluate_is_missing(const ast::Call& call, Span span) {
  Type result;
  result.element = Element::boolean;
  if (call.arguments.size() != 1 || call.arguments[0].name) {
    complain("wrong-argument-count", span, "`is_missing` takes 1 argument, the name of data",
             "is_missing(age)");
    return unknown_type();
  }
  const ast::Expression& argument = *call.arguments[0].value;
  const auto* name = std::get_if<ast::Name>(&argument.node);
  const Definition* data = name == nullptr ? nullptr : look_up(name->name, argument.span);
  if (name != nullptr && data == nullptr) return unknown_type();
  if (data == nullptr || data->missing == Definition::Missing::no) {
    complain("not-optional-data", argument.span,
             "`is_missing` takes the name of data that may have missing values",
             "declare them with a `?`: data age : real?[n]");
    return unknown_type();
  }
  result.known = data->type.known;
  result.shape = data->type.shape;
  return result;
}

// The `observe` that gives missing values their prior; false if it is wrong.
bool Checker::impute(const ast::Observe& observe, const std::string& name, const Applied& applied) {
  const Span span = observe.value.span;
  Definition& data = *scopes_.find(name);
  // The body of a loop is read several times.
  if (data.missing == Definition::Missing::observed && data.observed != span) {
    complain(
        "drawn-twice", span,
        fmt::format("`{}` is observed already, which gave its missing values their prior", name),
        "data with missing values are observed once",
        {{data.observed, fmt::format("`{}` is observed here", name)}});
    return false;
  }
  if (place_.blocks > 0) {
    complain(
        "missing-in-block", span,
        fmt::format("this `observe` gives the missing values of `{}` their prior, so it may not "
                    "stand in a block",
                    name),
        "move it to the top level of the script, and write one statement over the whole array");
  }
  data.missing = Definition::Missing::observed;
  data.observed = span;
  data.type.fixed = false;
  const Signature* signature = applied.signature;
  if (signature == nullptr) return true;
  refuse_censored(applied, name, observe.distribution.span);
  if (!signature->support.is_scalar()) {
    complain("missing-in-event", observe.distribution.span,
             fmt::format("`{}` draws {}, of which single entries cannot be missing",
                         signature->name, text(signature->support, signature->parameters)),
             "leave out the `?`, and the rows with missing values");
    return false;
  }
  return true;
}

void Checker::check_observed() {
  for (const auto& [name, definition] : scopes_.script()) {
    if (definition.missing != Definition::Missing::awaited) continue;
    complain(
        "missing-prior", definition.span,
        fmt::format("`{}` may have missing values, but no `observe {} ~ ...` gives them a prior",
                    name, name),
        fmt::format("write `observe {} ~ normal(m, s)`, or leave out the `?`", name));
  }
}

}  // namespace vippl::lang::checking
