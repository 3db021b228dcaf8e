#include "lang/dynamics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace vippl::lang {

namespace {

// Of `*` nothing is asked here: the checker looks at every argument by itself.
constexpr Parameter ode_parameters[] = {
    {.name = "rhs", .shape = "*"},
    {.name = "initial", .shape = "*"},
    {.name = "start", .shape = ""},
    {.name = "times", .shape = "n"},
    {.name = "method", .shape = "*", .optional = true},
    {.name = "rel_tol", .support = Support::positive, .shape = "", .start = default_ode_tolerance},
    {.name = "abs_tol", .support = Support::positive, .shape = "", .start = default_ode_tolerance},
};

constexpr Parameter scan_parameters[] = {{.name = "step", .shape = "*"},
                                         {.name = "initial", .shape = "*"},
                                         {.name = "xs", .shape = "*"}};

constexpr Signature signatures[] = {
    {.name = "ode",
     .parameters = ode_parameters,
     .summary = "the solution at `times` of dz/dt = rhs(t, z), which is `initial` at `start`"},
    {.name = "scan",
     .parameters = scan_parameters,
     .summary = "all states of state = step(state, x), from `initial` along the x of xs"},
};

constexpr std::string_view forms[] = {
    "ode(rhs, initial, start, times, method = \"rk45\", rel_tol = 1e-6, abs_tol = 1e-6)",
    "scan(step, initial, xs)"};

constexpr std::string_view method_names[] = {"rk45", "stiff"};

// Binding words its hints by Signature::text(), which knows no texts as defaults.
Diagnostic with_form(Diagnostic diagnostic, Dynamics dynamics) {
  const std::string text = signature(dynamics).text();
  if (const std::size_t at = diagnostic.hint.find(text); at != std::string::npos) {
    diagnostic.hint.replace(at, text.size(), form(dynamics));
  }
  return diagnostic;
}

}  // namespace

std::optional<Dynamics> find_dynamics(std::string_view name) {
  for (const Dynamics dynamics : {Dynamics::ode, Dynamics::scan}) {
    if (name == signature(dynamics).name) return dynamics;
  }
  return std::nullopt;
}

const Signature& signature(Dynamics dynamics) {
  return signatures[static_cast<std::size_t>(dynamics)];
}

std::string_view form(Dynamics dynamics) { return forms[static_cast<std::size_t>(dynamics)]; }

std::variant<DynamicsCall, Diagnostic> read_dynamics(Dynamics dynamics, const ast::Call& call,
                                                     Span call_span) {
  auto bound = bind(signature(dynamics), call, call_span);
  if (auto* diagnostic = std::get_if<Diagnostic>(&bound)) {
    return with_form(std::move(*diagnostic), dynamics);
  }
  const Binding& binding = std::get<Binding>(bound);
  const auto argument = [&](std::size_t i) -> const ast::Expression* {
    return binding.arguments[i] == nullptr ? nullptr : &*binding.arguments[i]->value;
  };
  const std::string hint(form(dynamics));
  DynamicsCall read;
  read.dynamics = dynamics;
  read.function = argument(0);
  read.initial = argument(1);
  if (!std::holds_alternative<ast::Name>(read.function->node)) {
    return error("not-a-function", read.function->span,
                 fmt::format("`{}` of `{}` should be the name of a function",
                             signature(dynamics).parameters[0].name, call.callee.name),
                 fmt::format("define it by `fn f(...) = ...` and write f alone: {}", hint));
  }
  if (dynamics == Dynamics::scan) {
    read.xs = argument(2);
    return read;
  }
  read.start = argument(2);
  read.times = argument(3);
  read.rel_tol = argument(5);
  read.abs_tol = argument(6);
  if (const ast::Expression* method = argument(4)) {
    const auto* text = std::get_if<ast::Text>(&method->node);
    const auto* found =
        text == nullptr ? std::end(method_names)
                        : std::find(std::begin(method_names), std::end(method_names), text->value);
    if (found == std::end(method_names)) {
      return error("unknown-method", method->span,
                   text == nullptr ? "`method` of `ode` should be a text: \"rk45\" or \"stiff\""
                                   : fmt::format("`ode` has no method \"{}\"", text->value),
                   "write method = \"rk45\", or method = \"stiff\" where the solution has parts "
                   "that die out much faster than the rest changes");
    }
    read.method = static_cast<OdeMethod>(found - std::begin(method_names));
  }
  return read;
}

const std::string& function_name(const DynamicsCall& call) {
  return std::get<ast::Name>(call.function->node).name;
}

}  // namespace vippl::lang
