#include <fmt/format.h>

#include <algorithm>

#include "lang/nearest.h"
#include "lang/signature.h"

namespace vippl::lang {

namespace {

Span span_of(const ast::Argument& argument) {
  return argument.name ? join(argument.name->span, argument.value->span) : argument.value->span;
}

std::string names_of(const Signature& signature) {
  std::string result;
  for (const Parameter& parameter : signature.parameters) {
    if (!result.empty()) result += ", ";
    result += parameter.name;
    if (parameter.start || parameter.optional) result += " = ...";
  }
  return result;
}

bool is_required(const Parameter& parameter) { return !parameter.start && !parameter.optional; }

// "takes 2 arguments (location, scale)"
std::string arity_text(const Signature& signature) {
  const auto required = static_cast<std::size_t>(
      std::count_if(signature.parameters.begin(), signature.parameters.end(), is_required));
  const std::size_t total = signature.parameters.size();
  if (total == 0) return "takes no arguments";
  std::string count;
  if (signature.variadic) {
    count = fmt::format("at least {}", std::max<std::size_t>(required, 1));
  } else if (required == total) {
    count = std::to_string(total);
  } else {
    count = fmt::format("{} to {}", required, total);
  }
  const bool one = count == "1" || count == "at least 1";
  return fmt::format("takes {} argument{} ({})", count, one ? "" : "s", names_of(signature));
}

class Binder {
 public:
  Binder(const Signature& signature, const ast::Call& call, Span call_span)
      : signature_(signature), call_(call), call_span_(call_span) {
    binding_.arguments.resize(signature.parameters.size(), nullptr);
  }

  std::variant<Binding, Diagnostic> run() {
    for (const ast::Argument& argument : call_.arguments) {
      std::optional<Diagnostic> wrong =
          argument.name ? take_named(argument) : take_positional(argument);
      if (wrong) return *wrong;
    }
    if (signature_.variadic && binding_.rest.empty() && binding_.arguments[0] != nullptr) {
      binding_.rest.push_back(binding_.arguments[0]);
    }
    for (std::size_t i = 0; i < binding_.arguments.size(); ++i) {
      if (binding_.arguments[i] == nullptr && is_required(signature_.parameters[i])) {
        return missing(signature_.parameters[i]);
      }
    }
    return std::move(binding_);
  }

 private:
  std::optional<Diagnostic> take_positional(const ast::Argument& argument) {
    if (named_seen_) {
      return wrong("argument-order", argument.value->span,
                   "an argument without a name follows one with a name; positional arguments "
                   "come first");
    }
    if (signature_.variadic) {
      if (binding_.rest.empty()) binding_.arguments[0] = &argument;
      binding_.rest.push_back(&argument);
      return std::nullopt;
    }
    if (next_ == binding_.arguments.size()) return wrong_count();
    binding_.arguments[next_++] = &argument;
    return std::nullopt;
  }

  std::optional<Diagnostic> take_named(const ast::Argument& argument) {
    named_seen_ = true;
    const std::string& name = argument.name->name;
    const auto found = std::find_if(signature_.parameters.begin(), signature_.parameters.end(),
                                    [&name](const Parameter& p) { return p.name == name; });
    if (found == signature_.parameters.end()) return unknown(*argument.name);
    const auto index = static_cast<std::size_t>(found - signature_.parameters.begin());
    if (binding_.arguments[index] != nullptr) {
      return wrong("repeated-argument", span_of(argument),
                   fmt::format("`{}` of `{}` is given twice", name, signature_.name));
    }
    binding_.arguments[index] = &argument;
    return std::nullopt;
  }

  Diagnostic unknown(const ast::Identifier& name) const {
    std::vector<std::string_view> known;
    for (const Parameter& parameter : signature_.parameters) known.push_back(parameter.name);
    Diagnostic diagnostic =
        wrong("unknown-argument", name.span,
              fmt::format("`{}` has no argument named `{}`", signature_.name, name.name));
    if (const std::optional<std::string> close = nearest(name.name, known)) {
      diagnostic.hint = fmt::format("did you mean `{}`?\n{}", *close, diagnostic.hint);
    }
    return diagnostic;
  }

  Diagnostic missing(const Parameter& parameter) const {
    if (!named_seen_) return wrong_count();
    return wrong("wrong-argument-count", call_span_,
                 fmt::format("`{}` of `{}` is missing", parameter.name, signature_.name));
  }

  Diagnostic wrong_count() const {
    return wrong("wrong-argument-count", call_span_,
                 fmt::format("`{}` {}, got {}", signature_.name, arity_text(signature_),
                             call_.arguments.size()));
  }

  Diagnostic wrong(std::string code, Span span, std::string message) const {
    return error(std::move(code), span, std::move(message), signature_.text());
  }

  const Signature& signature_;
  const ast::Call& call_;
  Span call_span_;
  Binding binding_;
  std::size_t next_ = 0;
  bool named_seen_ = false;
};

}  // namespace

std::variant<Binding, Diagnostic> bind(const Signature& signature, const ast::Call& call,
                                       Span call_span) {
  return Binder(signature, call, call_span).run();
}

}  // namespace vippl::lang
