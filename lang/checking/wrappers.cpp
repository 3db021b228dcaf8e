#include <fmt/format.h>

#include <algorithm>

#include "lang/checking/checker.h"

// Distributions made of distributions: truncated, censored, mixture, zero_inflated, hurdle.

namespace vippl::lang::checking {

// An argument of the wrapper itself; nothing where it is left out.
std::optional<Type> Checker::own_argument(const ast::Expression* expression, Applied& applied) {
  if (expression == nullptr) return std::nullopt;
  Type type = evaluate(*expression);
  applied.latent_arguments = applied.latent_arguments || !type.fixed;
  applied.scalar_arguments = applied.scalar_arguments && type.is_scalar();
  applied.value.generated = applied.value.generated || type.generated;
  return type;
}

bool Checker::wraps_well(const WrapperCall& call, const std::vector<Applied>& parts, Span span) {
  std::vector<const Signature*> signatures;
  for (const Applied& part : parts) {
    if (part.signature == nullptr) return false;
    signatures.push_back(part.signature);
  }
  const std::optional<WrapperProblem> problem = check_parts(call.wrapper, signatures);
  if (!problem) return true;
  complain("wrong-wrapping", problem->part ? call.distributions[*problem->part]->span : span,
           problem->message, problem->hint);
  return false;
}

// One weight per distribution, unless there is but one: then its arguments have the components.
bool Checker::fits_weights(const WrapperCall& call, const Type& weights) {
  const Span span = call.weights->span;
  if (weights.is_scalar()) {
    complain("wrong-wrapping", span,
             "the weights of a mixture are a vector, one number per component",
             "write: mixture([p, 1 - p], D1, D2)");
    return false;
  }
  const std::size_t count = call.distributions.size();
  const std::optional<std::int64_t> given = constant(weights.shape.back());
  if (count == 1 || !given || *given == static_cast<std::int64_t>(count)) return true;
  complain("shape-mismatch", span,
           fmt::format("there are {} weights for {} distributions", *given, count));
  return false;
}

// mixture(weights, D): the last dimension before the event of D's arguments runs over the
// components. It is taken off the arguments, which leaves those of one component.
void Checker::take_components(const Type& weights, const WrapperCall& call, Applied& part) {
  const Span span = call.distributions[0]->span;
  const Signature& signature = *part.signature;
  bool found = false;
  for (std::size_t i = 0; i < part.arguments.size(); ++i) {
    ArgumentType& argument = part.arguments[i];
    const std::size_t rank = dimensions(signature.parameters[i].shape);
    if (!argument.given || argument.shape.size() <= rank) continue;
    found = true;
    const auto at = argument.shape.end() - static_cast<std::ptrdiff_t>(rank) - 1;
    if (!at->is_literal_one() && !weights.shape.empty() &&
        compare(*at, weights.shape.back()) == Size::Comparison::different) {
      complain("shape-mismatch", span,
               fmt::format("`{}` of `{}` has {} components where the weights have {}",
                           signature.parameters[i].name, signature.name, at->text(),
                           weights.shape.back().text()),
               "the components run along the last dimension of the arguments",
               origins({*at}, {weights.shape.back()}));
      part.value.known = false;
    }
    argument.shape.erase(at);
  }
  if (found) return;
  complain("wrong-wrapping", span,
           fmt::format("all components of this mixture are alike: no argument of `{}` has a "
                       "dimension that runs over them",
                       signature.name),
           fmt::format("write: {}", form(call.wrapper)));
  part.value.known = false;
}

Applied Checker::apply_wrapper(Wrapper wrapper, const ast::Call& call, Span span) {
  Applied applied;
  applied.value.known = false;
  const std::variant<WrapperCall, Diagnostic> read = read_wrapper(wrapper, call, span);
  if (const Diagnostic* diagnostic = std::get_if<Diagnostic>(&read)) {
    report_.add(*diagnostic);
    return applied;
  }
  const WrapperCall& parsed = std::get<WrapperCall>(read);
  const std::optional<Type> own[] = {
      own_argument(parsed.weights, applied), own_argument(parsed.p, applied),
      own_argument(parsed.lower, applied), own_argument(parsed.upper, applied)};
  std::vector<Applied> parts;
  for (const ast::Expression* distribution : parsed.distributions) {
    parts.push_back(apply_distribution(*distribution));
    const Applied& part = parts.back();
    applied.latent_arguments = applied.latent_arguments || part.latent_arguments;
    applied.scalar_arguments = applied.scalar_arguments && part.scalar_arguments;
    applied.value.generated = applied.value.generated || part.value.generated;
    applied.negative = applied.negative || part.negative;
  }
  if (!wraps_well(parsed, parts, span)) return applied;
  if (wrapper == Wrapper::mixture && own[0]->known && !fits_weights(parsed, *own[0])) {
    return applied;
  }
  for (const std::size_t i : {2, 3}) {
    if (!own[i] || own[i]->fixed || !parts[0].signature->support.is_discrete()) continue;
    complain("wrong-wrapping", (i == 2 ? parsed.lower : parsed.upper)->span,
             "the bounds of a distribution of whole numbers must be fixed",
             "write a number or a name from the data");
    return applied;
  }
  bool known = true;
  for (const std::optional<Type>& argument : own) known = known && (!argument || argument->known);
  if (parsed.wrapper == Wrapper::mixture && parts.size() == 1 && parts[0].value.known && known) {
    take_components(*own[0], parsed, parts[0]);
  }
  if (parsed.lower != nullptr) {
    // Only where it is known to lie below zero.
    applied.negative = applied.negative && own[2]->value && *own[2]->value < 0;
  }

  std::vector<const Signature*> signatures;
  for (const Applied& part : parts) {
    signatures.push_back(part.signature);
    known = known && part.value.known;
  }
  wrapped_.push_back(std::make_unique<const WrappedSignature>(wrapper, parsed.lower != nullptr,
                                                              parsed.upper != nullptr, signatures));
  const Signature& signature = wrapped_.back()->facts();
  applied.signature = &signature;
  if (!known) return applied;

  std::vector<Type> types;
  std::vector<const ast::Expression*> written;
  const ast::Expression* const expressions[] = {parsed.weights, parsed.p, parsed.lower,
                                                parsed.upper};
  for (std::size_t i = 0; i < std::size(own); ++i) {
    if (!own[i]) continue;
    check_domain(signature, signature.parameters[types.size()], *own[i], expressions[i]->span);
    types.push_back(*own[i]);
    written.push_back(expressions[i]);
    applied.arguments.push_back(as_argument(*own[i]));
  }
  applied.written = written;
  if (wrapper == Wrapper::censored && own[2] && own[3] && own[2]->value && own[3]->value &&
      *own[2]->value > *own[3]->value) {
    complain("empty-support", span,
             fmt::format("`{}` is clamped to what lies between {} and {}, which is nothing",
                         signature.name, *own[2]->value, *own[3]->value),
             "the lower bound comes first");
  }
  if (wrapper == Wrapper::truncated) {
    types.resize(signature.parameters.size(), unknown_type());
    check_bounds(signature, types, span);
  }
  for (const Applied& part : parts) {
    applied.arguments.insert(applied.arguments.end(), part.arguments.begin(), part.arguments.end());
  }
  const std::variant<ResultType, Mismatch> inferred = infer_value(signature, applied.arguments);
  if (const Mismatch* mismatch = std::get_if<Mismatch>(&inferred)) {
    const bool own_one = mismatch->parameter && *mismatch->parameter < written.size();
    Shape shapes;
    for (const ArgumentType& argument : applied.arguments) {
      shapes.insert(shapes.end(), argument.shape.begin(), argument.shape.end());
    }
    complain("argument-mismatch", own_one ? written[*mismatch->parameter]->span : span,
             mismatch->message, fmt::format("{}: {}", text(wrapper), form(wrapper)),
             origins(shapes));
    return applied;
  }
  applied.value.known = true;
  applied.value.element = std::get<ResultType>(inferred).element;
  applied.value.shape = std::get<ResultType>(inferred).shape;
  return applied;
}

}  // namespace vippl::lang::checking
