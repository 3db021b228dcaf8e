#include "cli/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "lang/checking/vocabulary.h"
#include "lang/dynamics.h"
#include "lang/support_text.h"
#include "lang/wrapper.h"

namespace vippl::cli {
namespace {

using lang::DistributionFunction;
using lang::Parameter;
using lang::Signature;
using lang::Wrapper;

/// A function that the language itself evaluates, because its argument is no value.
struct SpecialForm {
  std::string_view form;
  std::string_view summary;
  std::string_view result;
  std::string_view name() const { return form.substr(0, form.find('(')); }
};

std::vector<SpecialForm> special_forms() {
  using F = DistributionFunction;
  using lang::Dynamics;
  constexpr std::string_view numbers =
      "real, a number for each event; the distribution's arguments and the numbers after it "
      "broadcast to each other";
  return {
      {lang::form(F::log_density), "logarithm of the density or probability of a distribution at x",
       numbers},
      {lang::form(F::cdf), "P(X <= x) for X from a distribution whose cdf is known", numbers},
      {lang::form(F::log_cdf), "log P(X <= x), also where P(X <= x) is too small for a number",
       numbers},
      {lang::form(F::log_ccdf), "log P(X > x), also where P(X > x) is too small for a number",
       numbers},
      {lang::form(F::log_probability), "log P(lower < X <= upper)", numbers},
      {lang::form(F::quantile),
       "the smallest x with P(X <= x) >= p, of a distribution whose quantiles are known", numbers},
      {lang::form(Dynamics::ode), lang::signature(Dynamics::ode).summary,
       "real, [n, ...]: times [n], then the shape of `initial`"},
      {lang::form(Dynamics::scan), lang::signature(Dynamics::scan).summary,
       "[n, ...]: the first size of xs, then the shape of `initial`"},
      {"is_missing(x)", "which entries of data declared with `?` are missing",
       "bool, of the argument's shape"},
  };
}

std::string line(std::string_view label, std::string_view content) {
  return content.empty() ? "" : fmt::format("  {}: {}\n", label, content);
}

std::string event_text(std::string_view dimensions) {
  if (dimensions.empty()) return "a number";
  return fmt::format("a {} [{}]", dimensions.find(',') == dimensions.npos ? "vector" : "matrix",
                     dimensions);
}

std::string shape_text(std::string_view shape) {
  if (shape == "...") return "of any shape";
  return shape.empty() ? "a number" : fmt::format("[{}]", shape);
}

std::string parameter_line(const Parameter& parameter, const Signature& facts) {
  const bool is_distribution = facts.callable == Signature::Callable::distribution;
  std::string text = parameter.shape == "*"
                         ? "any value"
                         : fmt::format("{}, {}", lang::text(parameter.support, facts.parameters),
                                       is_distribution ? event_text(parameter.shape)
                                                       : shape_text(parameter.shape));
  if (facts.variadic && &parameter == facts.parameters.data()) text += ", any number of them";
  if (parameter.setting) text += ", fixed";
  if (parameter.start) text += fmt::format(", {} if left out", *parameter.start);
  if (parameter.optional) text += ", may be left out";
  return line(parameter.name, text);
}

std::string parameter_lines(const Signature& facts) {
  std::string text;
  for (const Parameter& parameter : facts.parameters) text += parameter_line(parameter, facts);
  return text;
}

std::string result_text(const Signature& facts) {
  if (facts.rule != nullptr) return "of a type and shape that follow from the arguments";
  const std::string shape =
      facts.result == "..." ? "of the arguments' shape" : shape_text(facts.result);
  switch (facts.result_element) {
    case lang::ResultElement::real:
      return "real, " + shape;
    case lang::ResultElement::integer:
      return "int, " + shape;
    case lang::ResultElement::boolean:
      return "bool, " + shape;
    case lang::ResultElement::as_arguments:
      return "of the arguments' type, " + shape;
  }
  VIPPL_ASSERT(false, "every element of a result is named");
}

std::string function_text(const Signature& facts) {
  return fmt::format("{}\n  {}\n", facts.text(), facts.summary) + parameter_lines(facts) +
         line("result", result_text(facts)) +
         line("arguments", facts.fixed_only ? "fixed values only: it has no derivative" : "") +
         line("source", facts.source);
}

// Which of its properties the library can compute.
std::string known_text(const runtime::Distribution& distribution) {
  std::vector<std::string_view> known;
  if (distribution.log_cdf != nullptr) known.emplace_back("cdf");
  if (distribution.quantile != nullptr) known.emplace_back("quantile");
  if (distribution.mean != nullptr || distribution.event_mean != nullptr)
    known.emplace_back("mean");
  if (distribution.variance != nullptr || distribution.event_variance != nullptr)
    known.emplace_back("variance");
  return fmt::format("{}", fmt::join(known, ", "));
}

std::string distribution_text(const runtime::Distribution& distribution) {
  const Signature& facts = distribution.facts;
  return fmt::format("{}\n  {}\n", facts.text(), facts.summary) + parameter_lines(facts) +
         line("support",
              facts.improper ? "that of the type" : lang::text(facts.support, facts.parameters)) +
         line("event", event_text(facts.event)) + line("known", known_text(distribution)) +
         line("improper", facts.improper ? "it cannot be drawn from, nor wrapped" : "") +
         line("source", facts.source);
}

std::string wrapper_lines(Wrapper wrapper) {
  const std::string with_cdf = line("D", "a distribution whose cdf is known");
  const std::string bounds = line("lower, upper", "real, of any shape; one may be left out");
  const std::string chance =
      line("p", "real in [0, 1], of any shape") + line("D", "a distribution of counts");
  switch (wrapper) {
    case Wrapper::truncated:
      return with_cdf + bounds + line("support", "that of D, between the bounds");
    case Wrapper::censored:
      return with_cdf + bounds +
             line("support", "that of D; beyond a bound all readings count as the bound");
    case Wrapper::mixture:
      return line("weights", "simplex, a vector [k], or one for each value") +
             line("D1, D2, ...", "distributions of the same kind of value") +
             line("D",
                  "a distribution whose arguments run along their last dimension (before the "
                  "event) over the components") +
             line("support", "all that its parts support") +
             line("known", "cdf, if those of all parts are");
    case Wrapper::zero_inflated:
    case Wrapper::hurdle:
      return chance + line("support", "that of D");
  }
  VIPPL_ASSERT(false, "every wrapper is described");
}

std::string form_text(std::string_view form, std::string_view summary) {
  return fmt::format("{}\n  {}\n", form, summary);
}

std::string text_of_distribution(std::string_view name, const runtime::Registry& registry) {
  if (const auto wrapper = lang::find_wrapper(name))
    return form_text(lang::form(*wrapper), lang::summary(*wrapper)) + wrapper_lines(*wrapper);
  const runtime::Distribution* distribution = registry.distribution(name);
  return distribution == nullptr ? "" : distribution_text(*distribution);
}

std::string text_of_function(std::string_view name, const runtime::Registry& registry) {
  std::string text;
  const runtime::Function* function = registry.function(name);
  if (function != nullptr) text += function_text(function->facts);
  for (const SpecialForm& special : special_forms())
    if (special.name() == name)
      text += form_text(special.form, special.summary) + line("result", special.result);
  return text;
}

}  // namespace

std::string reference_text(std::string_view name, const runtime::Registry& registry) {
  return text_of_distribution(name, registry) + text_of_function(name, registry);
}

std::vector<std::string> reference_names(const runtime::Registry& registry) {
  std::vector<std::string> names;
  for (const std::string_view name : registry.function_names()) names.emplace_back(name);
  for (const std::string_view name : registry.distribution_names()) names.emplace_back(name);
  for (const Wrapper wrapper : {Wrapper::truncated, Wrapper::censored, Wrapper::mixture,
                                Wrapper::zero_inflated, Wrapper::hurdle})
    names.emplace_back(lang::text(wrapper));
  for (const SpecialForm& special : special_forms()) names.emplace_back(special.name());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string reference_page(ReferencePage page, const runtime::Registry& registry) {
  const bool is_functions = page == ReferencePage::functions;
  std::string text = fmt::format(
      "# {0}\n\nWritten by `vippl reference --{1}`. {2}\n",
      is_functions ? "Functions" : "Distributions", is_functions ? "functions" : "distributions",
      is_functions
          ? "In the REPL `?name` shows the same text."
          : "In the REPL `?name` shows the same text. An event is what one draw yields; \"known\" "
            "says which of its properties have a formula in the library.");
  const auto subjects =
      is_functions ? lang::checking::function_subjects() : lang::checking::distribution_subjects();
  for (const lang::checking::Subject& subject : subjects) {
    std::string entries;
    std::istringstream names{std::string(subject.names)};
    for (std::string name; names >> name;) {
      const std::string entry =
          is_functions ? text_of_function(name, registry) : text_of_distribution(name, registry);
      if (!entry.empty()) entries += fmt::format("\n### {}\n\n```text\n{}```\n", name, entry);
    }
    if (!entries.empty()) text += fmt::format("\n## {}\n{}", subject.title, entries);
  }
  return text;
}

}  // namespace vippl::cli
