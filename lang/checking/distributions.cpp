#include <fmt/format.h>

#include <algorithm>

#include "lang/checking/checker.h"
#include "lang/checking/synonyms.h"
#include "lang/checking/vocabulary.h"
#include "lang/support_text.h"

namespace vippl::lang::checking {

namespace {

std::string call_text(const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  std::string result;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    result += fmt::format("{}`{}`", i == 0 ? "available are " : ", ", names[i]);
  }
  return result;
}

// Whether a name says that it holds a variance, or a precision.
bool sounds_like_variance(std::string_view name) {
  for (const std::string_view part : {"variance", "sigma2", "sigmasq", "sigma_sq", "tau2", "tausq",
                                      "tau_sq", "sd2", "sigma_squared", "tau_squared", "var"}) {
    if (name == part || (part.size() > 3 && name.starts_with(part))) return true;
  }
  return false;
}

bool sounds_like_precision(std::string_view name) {
  return name == "precision" || name.starts_with("precision_") || name.ends_with("_precision");
}

// The latent that is used as it is, or of which elements are used as they are.
const std::string* plain_name(const ast::Expression& expression) {
  const ast::Expression* at = &expression;
  while (const auto* subscript = std::get_if<ast::Subscript>(&at->node)) at = &*subscript->base;
  const auto* name = std::get_if<ast::Name>(&at->node);
  return name == nullptr ? nullptr : &name->name;
}

// Whether values below zero are known to be drawn.
bool draws_negative(const Support& support, const std::vector<Type>& arguments) {
  if (support.kind != Support::Kind::number) return false;
  switch (support.lower.kind) {
    case Bound::Kind::none:
      return true;
    case Bound::Kind::constant:
      return support.lower.value < 0;
    case Bound::Kind::parameter: {
      const Type& argument = arguments[static_cast<std::size_t>(support.lower.value)];
      return argument.known && argument.value && *argument.value < 0;
    }
    case Bound::Kind::parameter_size:
      return false;
  }
  return false;
}

bool is_square(const ast::Expression& expression) {
  if (const auto* call = std::get_if<ast::Call>(&expression.node)) {
    return call->callee.name == "square";
  }
  const auto* power = std::get_if<ast::Binary>(&expression.node);
  if (power == nullptr || power->op != ast::BinaryOperator::power) return false;
  const auto* exponent = std::get_if<ast::Number>(&power->right->node);
  return exponent != nullptr && exponent->value == 2 &&
         std::holds_alternative<ast::Name>(power->left->node);
}

// x^-2, 1 / x^2
bool is_inverse_square(const ast::Expression& expression) {
  const auto* binary = std::get_if<ast::Binary>(&expression.node);
  if (binary == nullptr) return false;
  if (binary->op == ast::BinaryOperator::divide) return is_square(*binary->right);
  if (binary->op != ast::BinaryOperator::power) return false;
  const auto* exponent = std::get_if<ast::Unary>(&binary->right->node);
  if (exponent == nullptr || exponent->op != ast::UnaryOperator::negate) return false;
  const auto* number = std::get_if<ast::Number>(&exponent->operand->node);
  return number != nullptr && number->value == 2;
}

}  // namespace

Applied Checker::apply_distribution(const ast::Expression& expression) {
  Applied applied;
  applied.value.known = false;
  const auto* call = std::get_if<ast::Call>(&expression.node);
  if (call == nullptr) {
    const auto* name = std::get_if<ast::Name>(&expression.node);
    const bool bare = name != nullptr && table_.find_distribution(name->name) != nullptr;
    complain("not-a-distribution", expression.span, "a distribution is asked for here",
             bare ? fmt::format("write: {}(...)", name->name)
                  : "write a distribution and its arguments, such as normal(0, 1)");
    return applied;
  }
  if (const std::optional<Wrapper> wrapper = find_wrapper(call->callee.name)) {
    return apply_wrapper(*wrapper, *call, expression.span);
  }
  const Signature* signature = table_.find_distribution(call->callee.name);
  if (signature == nullptr) {
    refuse_distribution(*call, expression.span);
    return applied;
  }
  const std::variant<Binding, Diagnostic> bound = bind(*signature, *call, expression.span);
  const bool fits = std::holds_alternative<Binding>(bound);
  if (!fits) report_.add(std::get<Diagnostic>(bound));
  bool known = fits;
  std::vector<Type> read(call->arguments.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    read[i] = evaluate(*call->arguments[i].value);
    known = known && read[i].known;
    applied.latent_arguments = applied.latent_arguments || !read[i].fixed;
    applied.scalar_arguments = applied.scalar_arguments && read[i].is_scalar();
    applied.value.generated = applied.value.generated || read[i].generated;
  }
  if (!fits) return applied;
  applied.signature = signature;
  const Binding& binding = std::get<Binding>(bound);
  std::vector<Type> types(signature->parameters.size(), unknown_type());
  std::vector<ArgumentType> arguments(types.size());
  Shape shapes;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const ast::Argument* argument = binding.arguments[i];
    if (argument == nullptr) continue;
    types[i] = read[static_cast<std::size_t>(argument - call->arguments.data())];
    if (!types[i].known) continue;
    check_domain(*signature, signature->parameters[i], types[i], argument->value->span);
    warn_about_negative(*signature, signature->parameters[i], *argument->value);
    applied.written.resize(types.size(), nullptr);
    applied.written[i] = &*argument->value;
    arguments[i] = as_argument(types[i]);
    shapes.insert(shapes.end(), types[i].shape.begin(), types[i].shape.end());
  }
  applied.negative = draws_negative(signature->support, types);
  warn_about_arguments(*signature, binding, types);
  if (!known) return applied;
  check_bounds(*signature, types, expression.span);
  const std::variant<ResultType, Mismatch> inferred = infer_value(*signature, arguments);
  if (const Mismatch* mismatch = std::get_if<Mismatch>(&inferred)) {
    const bool placed = mismatch->parameter && binding.arguments[*mismatch->parameter] != nullptr;
    complain("argument-mismatch",
             placed ? binding.arguments[*mismatch->parameter]->value->span : expression.span,
             mismatch->message, signature->text(), origins(shapes));
    return applied;
  }
  applied.value.known = true;
  applied.arguments = std::move(arguments);
  applied.value.element = std::get<ResultType>(inferred).element;
  applied.value.shape = std::get<ResultType>(inferred).shape;
  return applied;
}

void Checker::refuse_distribution(const ast::Call& call, Span span) {
  const std::string& name = call.callee.name;
  if (models_.contains(name)) return refuse_model(name, span);
  if (name == "unconstrained") {  // its argument is a distribution
    return refuse_construct(call.callee.span, "`unconstrained` is",
                            "the guide is generated from the model");
  }
  for (const ast::Argument& argument : call.arguments) evaluate_argument(*argument.value);
  if (name == "delta") {
    refuse_construct(call.callee.span, "`delta` is", "it stands in a written guide only");
  } else if (is_language_distribution(name)) {
    refuse_construct(call.callee.span, fmt::format("`{}` is", name),
                     call_text(similar_distributions(name, table_)));
  } else if (const auto meant = distribution_meant(name, table_)) {
    const bool is_function = find_function(name).has_value();
    complain(
        is_function ? "not-a-distribution" : "unknown-distribution",
        is_function ? span : call.callee.span,
        is_function ? fmt::format("`{}` is not a distribution", name)
                    : fmt::format("there is no distribution `{}`", name),
        fmt::format("did you mean `{}`? {}", *meant, table_.find_distribution(*meant)->text()));
  } else if (const auto below = later_.find("~ " + name); below != later_.end()) {
    complain("used-before-definition", call.callee.span,
             fmt::format("the model `{}` is used before it is defined", name),
             "a model must be defined above its first use",
             {{below->second, fmt::format("`{}` is defined here", name)}});
  } else if (later_.contains(name) || scopes_.find(name) != nullptr || find_function(name)) {
    complain("not-a-distribution", span, fmt::format("`{}` is not a distribution", name),
             "write a distribution and its arguments, such as normal(0, 1)");
  } else {
    std::vector<std::string> names;
    if (report_.wants_hints()) {
      for (const std::string_view each : table_.distribution_names()) names.emplace_back(each);
    }
    complain("unknown-distribution", call.callee.span,
             fmt::format("there is no distribution `{}`", name), similar(name, names));
  }
}

// Bounds that are arguments, as those of uniform(lower, upper), have to leave something between
// them.
void Checker::check_bounds(const Signature& signature, const std::vector<Type>& types, Span span) {
  const auto value = [&types](const Bound& bound) -> std::optional<double> {
    if (bound.kind == Bound::Kind::constant) return bound.value;
    if (bound.kind != Bound::Kind::parameter) return std::nullopt;
    return types[static_cast<std::size_t>(bound.value)].value;
  };
  const std::optional<double> lower = value(signature.support.lower);
  const std::optional<double> upper = value(signature.support.upper);
  if (!lower || !upper) return;
  const bool empty = signature.support.is_discrete() ? *lower > *upper : *lower >= *upper;
  if (!empty) return;
  complain("empty-support", span,
           fmt::format("`{}` has no value between {} and {}", signature.name, *lower, *upper),
           *lower == *upper ? "the bounds are equal, which leaves no room between them"
                            : "the lower bound comes first");
}

// A latent that runs below zero where the density asks for something positive: outside of its
// support the density is zero, and most draws are lost there.
void Checker::warn_about_negative(const Signature& signature, const Parameter& parameter,
                                  const ast::Expression& argument) {
  const auto& [kind, lower, upper] = parameter.support;
  const bool is_positive =
      kind == Support::Kind::number && lower.kind == Bound::Kind::constant && lower.value >= 0;
  const std::string* name = plain_name(argument);
  if (!is_positive || name == nullptr) return;
  const Definition* latent = scopes_.find(*name);
  if (latent == nullptr || latent->kind != Kind::latent || !latent->negative) return;
  const bool has_shape = std::none_of(latent->type.shape.begin(), latent->type.shape.end(),
                                      [](const Size& size) { return size.is_unknown(); });
  warn("argument-may-be-negative", argument.span,
       fmt::format("`{}` may be negative, but `{}` of `{}` should be {}", *name, parameter.name,
                   signature.name, text(parameter.support, signature.parameters)),
       fmt::format(
           "declare it so: sample {} : real(lower = 0{}){} ~ ...", *name,
           upper.kind == Bound::Kind::constant ? fmt::format(", upper = {}", upper.value) : "",
           latent->type.is_scalar() ? ""
           : has_shape              ? text(latent->type.shape)
                                    : "[...]"));
}

void Checker::warn_about_arguments(const Signature& signature, const Binding& binding,
                                   const std::vector<Type>& types) {
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (signature.parameters[i].name != "scale" || binding.arguments[i] == nullptr) continue;
    const ast::Expression& written = *binding.arguments[i]->value;
    const auto* name = std::get_if<ast::Name>(&written.node);
    if (name != nullptr && sounds_like_precision(name->name)) {
      warn("precision-as-scale", written.span,
           fmt::format("`{}` sounds like a precision, but `scale` is a standard deviation",
                       name->name),
           fmt::format("write: 1 / sqrt({})", name->name));
    } else if (is_inverse_square(written)) {
      warn("precision-as-scale", written.span,
           "one over a square is a precision, but `scale` is a standard deviation",
           "write the standard deviation itself, without the power");
    } else if ((name != nullptr && sounds_like_variance(name->name)) || is_square(written)) {
      warn("variance-as-scale", written.span,
           name != nullptr
               ? fmt::format("`{}` sounds like a variance, but `scale` is a standard deviation",
                             name->name)
               : std::string(
                     "this is a square, but `scale` is a standard deviation, not a variance"),
           name != nullptr ? fmt::format("write: sqrt({})", name->name) : "leave out the square");
    }
  }
}

}  // namespace vippl::lang::checking
